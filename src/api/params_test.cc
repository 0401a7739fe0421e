#include "api/params.h"

#include <gtest/gtest.h>

namespace glint::api {
namespace {

TEST(ParseTimeTest, ReadsSecondsAndRfc3339) {
  EXPECT_EQ(*ParseTime("1435781430.781"), 1435781430781);
  EXPECT_EQ(*ParseTime("2015-07-01T20:10:30.781Z"), 1435781430781);
  EXPECT_EQ(*ParseTime("2015-07-01T22:10:30.781+02:00"), 1435781430781);
  EXPECT_EQ(*ParseTime("-1.5"), -1500);
}

TEST(ParseTimeTest, RefusesTheRest) {
  for (const char* text : {"", "now", "2015-07-01", "2015-13-01T20:10:30Z", "NaN", "1e300",
                           "2015-07-01T20:10:30", "2015-07-01T20:10:30.Z"}) {
    EXPECT_FALSE(ParseTime(text).ok()) << text;
  }
}

net::HttpRequest Request() {
  net::HttpRequest request;
  request.method = "POST";
  request.query = {{"step", "15"}};
  request.headers = {{"content-type", "application/x-www-form-urlencoded"}};
  request.body = "match%5B%5D=up&match[]=a%7Bb%3D%22c%22%7D&start=x&limit=-1&timeout=1m30s";
  return request;
}

// promtool and Grafana send forms; scripts put all into the URL.
TEST(ParamsTest, FormAndUrlAreOne) {
  const Params params(Request());
  EXPECT_EQ(*params.DurationMs("step", 0), 15'000);
  EXPECT_EQ(*params.DurationMs("timeout", 0), 90'000);
  EXPECT_EQ(params.All("match[]"), (std::vector<std::string>{"up", "a{b=\"c\"}"}));
}

TEST(ParamsTest, ErrorsNameTheParameterAndTheText) {
  const Params params(Request());
  EXPECT_EQ(params.Time("start", 0).status().message(),
            "invalid parameter \"start\": cannot parse \"x\" to a valid timestamp");
  EXPECT_FALSE(params.Size("limit", 0).ok());
  EXPECT_EQ(*params.Size("none", 7), 7u);
}

}  // namespace
}  // namespace glint::api
