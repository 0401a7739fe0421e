#include "load/load_command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidjson/document.h>

#include "load/load_report.h"

namespace glint::load {
namespace {

using ::testing::HasSubstr;

TEST(ParseUrlTest, TakesItApart) {
  const struct {
    const char* url;
    const char* host;
    const char* port;
    const char* target;
  } cases[] = {
      {"http://localhost", "localhost", "80", "/"},
      {"http://127.0.0.1:8080/a/b?c=d#e", "127.0.0.1", "8080", "/a/b?c=d"},
      {"http://host?x", "host", "80", "/?x"},
      {"http://[::1]:90/", "::1", "90", "/"},
      {"http://[::1]", "::1", "80", "/"},
  };
  for (const auto& want : cases) {
    LoadOptions options;
    ASSERT_TRUE(ParseUrl(want.url, options).ok()) << want.url;
    EXPECT_EQ(options.host, want.host);
    EXPECT_EQ(options.port, want.port);
    EXPECT_EQ(options.target, want.target);
  }
  for (const char* const bad : {"", "localhost:80", "https://x", "http://", "http://:80",
                                "http://h:", "http://h:0", "http://h:99999", "http://h:8x"}) {
    LoadOptions options;
    EXPECT_EQ(ParseUrl(bad, options).code(), StatusCode::kInvalidArgument) << bad;
  }
}

int Command(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "load");
  return LoadCommand(static_cast<int>(arguments.size()), arguments.data());
}

// Scripts tell a mistyped flag from a dead target by the exit code.
TEST(LoadCommandTest, ExitCodes) {
  EXPECT_EQ(Command({"--help"}), 0);
  EXPECT_EQ(Command({}), 2);
  EXPECT_EQ(Command({"http://h/", "--nonsense"}), 2);
  EXPECT_EQ(Command({"http://h/", "-n", "0"}), 2);
  EXPECT_EQ(Command({"http://h/", "-z", "soon"}), 2);
  EXPECT_EQ(Command({"http://h/", "-H", "no colon"}), 2);
  EXPECT_EQ(Command({"ftp://h/"}), 2);
  EXPECT_EQ(Command({"http://127.0.0.1:1/", "-n", "1"}), 1);
  EXPECT_EQ(Command({"-H", "A: b", "http://127.0.0.1:1/", "-n", "1"}), 1);
}

LoadResult Example() {
  LoadResult result;
  result.elapsed = std::chrono::seconds(2);
  for (int64_t ms = 1; ms <= 100; ++ms) {
    result.latency.Record(ms * 1'000'000);
    result.service_time.Record(1'000'000);
  }
  result.statuses = {{200, 99}, {500, 1}};
  result.errors = {{"timeout", 3}};
  return result;
}

TEST(ReportTest, SaysWhatHappened) {
  LoadOptions options;
  const std::string report = FormatReport(options, Example());
  EXPECT_THAT(report, HasSubstr("Rate:     50.0 per second"));
  EXPECT_THAT(report, HasSubstr("  [500] 1 replies\n"));
  EXPECT_THAT(report, HasSubstr("  [3] timeout\n"));
  EXPECT_THAT(report, HasSubstr("  max       100.00 ms\n"));
  EXPECT_THAT(FormatProgress(Example()), HasSubstr("2 s: 100 replies, 50.0 per second, 3 errors"));
  EXPECT_THAT(FormatReport(options, LoadResult()), HasSubstr("Replies:  0"));
}

TEST(ReportTest, JsonIsJson) {
  rapidjson::Document json;
  json.Parse(ReportJson({}, Example()).c_str());
  ASSERT_FALSE(json.HasParseError());
  EXPECT_EQ(json["replies"].GetInt(), 100);
  EXPECT_EQ(json["statuses"]["500"].GetInt(), 1);
  EXPECT_EQ(json["errors"]["timeout"].GetInt(), 3);
  EXPECT_NEAR(json["latency_seconds"]["p50"].GetDouble(), 0.050, 0.001);
  EXPECT_DOUBLE_EQ(json["latency_seconds"]["max"].GetDouble(), 0.1);
}

}  // namespace
}  // namespace glint::load
