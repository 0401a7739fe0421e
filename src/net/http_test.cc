#include "net/http.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "net/http_text.h"

namespace glint::net {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

HttpHandler Says(std::string text) {
  return [text](const HttpRequest& request) {
    HttpResponse response;
    response.body = text;
    for (const std::string& group : request.groups) response.body += "|" + group;
    return response;
  };
}

HttpRequest Asking(std::string method, std::string path) {
  HttpRequest request;
  request.method = std::move(method);
  request.path = std::move(path);
  return request;
}

class HttpRouterTest : public testing::Test {
 protected:
  HttpRouterTest() {
    router_.Handle("GET", "/**", Says("ui"));
    router_.Handle("GET", "/api/*/values", Says("star"));
    router_.Handle("GET", "/api/label/values", Says("literal"));
    router_.Handle("GET", "/api/**", Says("rest"));
    router_.Handle("GET", "/both", Says("get"));
    router_.Handle("POST", "/both", Says("post"));
    router_.Handle("POST", "/v1/traces", Says("traces"));
  }
  HttpResponse Ask(std::string method, std::string path) {
    HttpRequest request = Asking(std::move(method), std::move(path));
    return router_.Route(request);
  }
  HttpRouter router_;
};

// A page of the UI that hides an endpoint, or the reverse, is found by nobody for weeks.
TEST_F(HttpRouterTest, TheMostSpecificPatternAnswers) {
  EXPECT_EQ(Ask("GET", "/api/label/values").body, "literal");
  EXPECT_EQ(Ask("GET", "/api/job/values").body, "star|job");
  EXPECT_EQ(Ask("GET", "/api/job/other/x").body, "rest|job/other/x");
  EXPECT_EQ(Ask("GET", "/").body, "ui|");
  EXPECT_EQ(Ask("GET", "/explore/x").body, "ui|explore/x");
}

TEST_F(HttpRouterTest, HeadIsAnsweredByGet) { EXPECT_EQ(Ask("HEAD", "/both").body, "get"); }

TEST_F(HttpRouterTest, MethodsOfOnePathAreApart) {
  EXPECT_EQ(Ask("POST", "/both").body, "post");
  const HttpResponse refused = Ask("DELETE", "/both");
  EXPECT_EQ(refused.status, 405);
  EXPECT_THAT(refused.headers, ElementsAre(Pair("Allow", "GET, HEAD, POST")));
}

// Else GET /v1/traces would show the UI with status 200, and a misconfigured exporter would think
// that all is well.
TEST_F(HttpRouterTest, AnEndpointIsNotCoveredByAWiderPatternOfAnotherMethod) {
  EXPECT_EQ(Ask("GET", "/v1/traces").status, 405);
}

TEST(HttpRouter, NothingRoutedIs404AndNamesThePath) {
  HttpRouter router;
  HttpRequest request = Asking("GET", "/nowhere");
  const HttpResponse response = router.Route(request);
  EXPECT_EQ(response.status, 404);
  EXPECT_THAT(response.body, HasSubstr("/nowhere"));
}

TEST(HttpRequest, HeadersIgnoreCaseAndQueriesDoNot) {
  HttpRequest request;
  request.headers = {{"Content-Type", "a"}, {"content-type", "b"}};
  request.query = {{"match[]", "x"}, {"match[]", "y"}};
  EXPECT_EQ(request.Header("CONTENT-TYPE"), "a");
  EXPECT_EQ(request.Header("Accept"), "");
  EXPECT_EQ(request.Query("match[]"), "x");
  EXPECT_EQ(request.Query("Match[]"), std::nullopt);
  EXPECT_THAT(request.QueryAll("match[]"), ElementsAre("x", "y"));
}

TEST(FormEncoding, DecodesPairsAndKeepsBrokenEscapes) {
  EXPECT_THAT(
      ParseFormEncoded("q=a%2Bb+c&&empty=&flag&%7a=100%"),
      ElementsAre(Pair("q", "a+b c"), Pair("empty", ""), Pair("flag", ""), Pair("z", "100%")));
  EXPECT_THAT(ParseFormEncoded(""), IsEmpty());
  EXPECT_EQ(PercentDecode("a+b%zz%4", false), "a+b%zz%4");
}

TEST(AcceptsGzip, ReadsWeights) {
  EXPECT_TRUE(AcceptsGzip("deflate, GZIP;q=0.5"));
  EXPECT_TRUE(AcceptsGzip("*"));
  EXPECT_FALSE(AcceptsGzip(""));
  EXPECT_FALSE(AcceptsGzip("br"));
  EXPECT_FALSE(AcceptsGzip("gzip;q=0, *"));
  EXPECT_FALSE(AcceptsGzip("gzip; q=0.000"));
}

TEST(HttpDate, IsTheFormOfTheStandard) {
  EXPECT_EQ(HttpDate(784111777), "Sun, 06 Nov 1994 08:49:37 GMT");
}

}  // namespace
}  // namespace glint::net
