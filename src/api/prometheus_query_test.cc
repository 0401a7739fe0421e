#include "api/prometheus_query.h"

#include "api/api_test_server.h"

namespace glint::api {
namespace {

class QueryApiTest : public ApiTest {
 protected:
  QueryApiTest() : engine_(metrics_) {
    RouteQueries(engine_, SystemClock(), QueryLimits(), router_);
    Load({{"__name__", "requests_total"}, {"job", "a"}}, {0, 15, 30, 45, 60});
  }
  promql::Engine engine_;
};

TEST_F(QueryApiTest, InstantAnswersInPrometheusShape) {
  EXPECT_EQ(Get("/api/v1/query", {{"query", "requests_total"}, {"time", "60.5"}}).body,
            R"({"status":"success","data":{"resultType":"vector","result":[{"metric":)"
            R"({"__name__":"requests_total","job":"a"},"value":[60.5,"60"]}]}})");
  EXPECT_EQ(Get("/api/v1/query", {{"query", "1/3"}, {"time", "60"}}).body,
            R"({"status":"success","data":{"resultType":"scalar",)"
            R"("result":[60,"0.3333333333333333"]}})");
}

TEST_F(QueryApiTest, RangeHasAPointAStep) {
  EXPECT_EQ(Get("/api/v1/query_range", {{"query", "sum by (job) (requests_total)"},
                                        {"start", "45"},
                                        {"end", "60"},
                                        {"step", "15s"}})
                .body,
            R"({"status":"success","data":{"resultType":"matrix","result":[{"metric":)"
            R"({"job":"a"},"values":[[45,"45"],[60,"60"]]}]}})");
}

TEST_F(QueryApiTest, ErrorsHaveStatusTypeAndPosition) {
  const auto bad = Get("/api/v1/query", {{"query", "sum(requests_total"}});
  EXPECT_EQ(bad.status, 400);
  EXPECT_NE(bad.body.find("\"errorType\":\"bad_data\""), std::string::npos) << bad.body;
  EXPECT_NE(bad.body.find("1:19"), std::string::npos) << bad.body;
  const auto range = [&](const char* start, const char* end, const char* step) {
    return Get("/api/v1/query_range",
               {{"query", "up"}, {"start", start}, {"end", end}, {"step", step}})
        .status;
  };
  EXPECT_EQ(range("10", "5", "1"), 400);
  EXPECT_EQ(range("0", "5", "0"), 400);
  EXPECT_EQ(range("0", "11001", "1"), 400);
  EXPECT_EQ(range("0", "11000", "1"), 200);
}

// An impatient client may shorten the time a query has, never lengthen it.
TEST_F(QueryApiTest, TimeoutOfTheRequestHolds) {
  const auto response =
      Get("/api/v1/query", {{"query", "requests_total"}, {"time", "60"}, {"timeout", "-1"}});
  EXPECT_EQ(response.status, 503);
  EXPECT_NE(response.body.find("\"errorType\":\"timeout\""), std::string::npos);
}

}  // namespace
}  // namespace glint::api
