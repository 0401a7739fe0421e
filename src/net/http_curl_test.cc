// The server against curl, the client that most people have at hand.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>

#include "net/http_server.h"

namespace glint::net {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string OutputOf(const std::string& command) {
  std::FILE* pipe = ::popen((command + " 2>&1").c_str(), "r");
  std::string output;
  char bytes[4096];
  while (const size_t got = std::fread(bytes, 1, sizeof(bytes), pipe)) output.append(bytes, got);
  ::pclose(pipe);
  return output;
}

class CurlTest : public testing::Test {
 protected:
  void SetUp() override {
    if (OutputOf("curl --version").rfind("curl ", 0) != 0) GTEST_SKIP() << "curl is not installed";
    HttpServerOptions options;
    options.address = "127.0.0.1:0";
    options.max_body_bytes = 3 << 20;
    HttpRouter router;
    router.Handle("GET", "/text", [](const HttpRequest& request) {
      HttpResponse response;
      response.body = std::string(20'000, 'x') + request.remote;
      return response;
    });
    router.Handle("POST", "/size", [](const HttpRequest& request) {
      HttpResponse response;
      response.body = fmt::format("{} bytes", request.body.size());
      return response;
    });
    server_ = *HttpServer::Start(loop_, options, std::move(router));
  }
  std::string Curl(const std::string& arguments, const std::string& path) {
    return OutputOf(
        fmt::format("curl -sS --max-time 60 {} http://{}{}", arguments, server_->address(), path));
  }

  EventLoop loop_{2};
  std::unique_ptr<HttpServer> server_;
};

TEST_F(CurlTest, InflatesWhatWeCompress) {
  EXPECT_THAT(Curl("--compressed", "/text"), StartsWith(std::string(20'000, 'x') + "127.0.0.1:"));
  EXPECT_THAT(Curl("--compressed -I", "/text"), HasSubstr("Content-Encoding: gzip"));
}

TEST_F(CurlTest, UploadsWithExpectAndInChunks) {
  const std::string data = "head -c 2000000 /dev/zero | ";
  const std::string url = fmt::format(" http://{}/size", server_->address());
  EXPECT_EQ(OutputOf(data + "curl -sS -H 'Expect: 100-continue' --data-binary @-" + url),
            "2000000 bytes");
  EXPECT_EQ(OutputOf(data + "curl -sS -H 'Transfer-Encoding: chunked' --data-binary @-" + url),
            "2000000 bytes");
  EXPECT_THAT(OutputOf("head -c 4000000 /dev/zero | curl -sS --data-binary @-" + url),
              HasSubstr("request body too large"));
}

TEST_F(CurlTest, UsesOneConnectionForTwoRequests) {
  const std::string verbose =
      Curl("-v -o /dev/null -o /dev/null http://" + server_->address() + "/text", "/text");
  EXPECT_THAT(verbose, HasSubstr("Re-using existing connection"));
}

}  // namespace
}  // namespace glint::net
