#include "net/address.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>

namespace glint::net {
namespace {

using ::testing::HasSubstr;

TEST(ParseHostPort, ReadsEveryFormThatAFlagTakes) {
  for (const std::string text : {"127.0.0.1:9090", ":9090", "[::1]:0", "localhost:65535"}) {
    const StatusOr<HostPort> parsed = ParseHostPort(text);
    ASSERT_TRUE(parsed.ok()) << parsed.status().ToString();
    EXPECT_EQ(parsed->ToString(), text);
  }
  EXPECT_EQ(ParseHostPort("[::1]:80")->host, "::1");
}

TEST(ParseHostPort, SaysWhatIsWrong) {
  const auto error = [](std::string_view text) {
    return std::string(ParseHostPort(text).status().message());
  };
  EXPECT_THAT(error("localhost"), HasSubstr("missing port"));
  EXPECT_THAT(error("::1:80"), HasSubstr("brackets"));
  EXPECT_THAT(error("[::1]"), HasSubstr("missing port after ']'"));
  EXPECT_THAT(error("a:"), HasSubstr("0 to 65535"));
  EXPECT_THAT(error("a:65536"), HasSubstr("\"65536\""));
  EXPECT_THAT(error("a:80x"), HasSubstr("\"80x\""));
}

// The first thing that goes wrong for a newcomer who already runs Prometheus.
TEST(ListenError, NamesAddressReasonAndFlag) {
  const Status error = ListenError("api", {"127.0.0.1", 9090}, EADDRINUSE, "--listen");
  EXPECT_EQ(error.message(),
            "api: cannot listen on 127.0.0.1:9090: another program listens there; end it, or "
            "choose another address with --listen");
}

}  // namespace
}  // namespace glint::net
