#include "api/tsdb_status.h"

#include <gmock/gmock.h>

#include "api/api_test_server.h"

namespace glint::api {
namespace {

using ::testing::HasSubstr;

class FixedClock final : public Clock {
 public:
  int64_t NowNs() const override { return now_ms * 1'000'000; }
  int64_t now_ms = kTsdbStatusMs;
};

class TsdbStatusTest : public ApiTest {
 protected:
  FixedClock clock_;  // A sample at time 0 is just young enough.
};

TEST_F(TsdbStatusTest, CountsSeriesAndValuesLargestFirst) {
  RouteTsdbStatus(metrics_, clock_, QueryLimits(), router_);
  Load({{"__name__", "up"}, {"job", "a"}}, {1});
  Load({{"__name__", "up"}, {"job", "bb"}}, {1});
  Load({{"__name__", "load"}, {"job", "bb"}}, {1});
  EXPECT_EQ(Get("/api/v1/status/tsdb").body,
            R"({"status":"success","data":{"headStats":{"numSeries":3,"numLabelPairs":4,)"
            R"("chunkCount":0,"minTime":0,"maxTime":3600000},)"
            R"("seriesCountByMetricName":[{"name":"up","value":2},{"name":"load","value":1}],)"
            R"("labelValueCountByLabelName":[{"name":"__name__","value":2},)"
            R"({"name":"job","value":2}],)"
            R"("memoryInBytesByLabelName":[{"name":"__name__","value":8},)"
            R"({"name":"job","value":5}],)"
            R"("seriesCountByLabelValuePair":[{"name":"__name__=up","value":2},)"
            R"({"name":"job=bb","value":2},{"name":"__name__=load","value":1},)"
            R"({"name":"job=a","value":1}]}})");
  EXPECT_THAT(Get("/api/v1/status/tsdb", {{"limit", "1"}}).body,
              HasSubstr(R"("seriesCountByLabelValuePair":[{"name":"__name__=up","value":2}]})"));
}

TEST_F(TsdbStatusTest, SeriesThatEndedAreNotCounted) {
  RouteTsdbStatus(metrics_, clock_, QueryLimits(), router_);
  Load({{"__name__", "up"}}, {1});
  ++clock_.now_ms;
  EXPECT_THAT(Get("/api/v1/status/tsdb").body, HasSubstr(R"("numSeries":0)"));
}

TEST_F(TsdbStatusTest, ReplayIsDoneWhenAnybodyCanAsk) {
  RouteWalReplay([] { return 3; }, router_);
  EXPECT_EQ(Get("/api/v1/status/walreplay").body,
            R"({"status":"success","data":{"min":0,"max":3,"current":3}})");
}

// A label with a million values is what this page is for: it must not take the server down.
TEST_F(TsdbStatusTest, IsBoundedInMemoryAndRefusesWithAReason) {
  QueryLimits limits;
  limits.max_bytes = 1000;
  RouteTsdbStatus(metrics_, clock_, limits, router_);
  EXPECT_EQ(Get("/api/v1/status/tsdb", {{"limit", "0"}}).status, 400);
  EXPECT_EQ(Get("/api/v1/status/tsdb", {{"limit", "many"}}).status, 400);
  for (int i = 0; i < 100; ++i) Load({{"__name__", "up"}, {"user", fmt::format("{}", i)}}, {1});
  EXPECT_EQ(Get("/api/v1/status/tsdb").status, 422);
}

}  // namespace
}  // namespace glint::api
