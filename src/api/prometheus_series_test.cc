#include "api/prometheus_series.h"

#include "api/api_test_server.h"

namespace glint::api {
namespace {

class SeriesApiTest : public ApiTest {
 protected:
  SeriesApiTest() {
    RouteSeries(metrics_, QueryLimits(), router_);
    Load({{"__name__", "up"}, {"job", "a"}}, {1});
    Load({{"__name__", "up"}, {"job", "b"}}, {1});
    Load({{"__name__", "load.avg"}, {"job", "b"}, {"cpu.id", "0"}}, {1});
  }
};

TEST_F(SeriesApiTest, SeveralSelectorsAreUnited) {
  EXPECT_EQ(Get("/api/v1/series", {{"match[]", "up{job=\"b\"}"}, {"match[]", "up"}}).body,
            R"({"status":"success","data":[{"__name__":"up","job":"a"},)"
            R"({"__name__":"up","job":"b"}]})");
}

TEST_F(SeriesApiTest, LimitCutsAndSaysSo) {
  EXPECT_EQ(Get("/api/v1/labels", {{"limit", "1"}}).body,
            R"({"status":"success","data":["__name__"],)"
            R"("warnings":["results truncated due to limit"]})");
}

TEST_F(SeriesApiTest, ValuesOfOneLabel) {
  EXPECT_EQ(Get("/api/v1/label/job/values", {{"match[]", "up"}}).body,
            R"({"status":"success","data":["a","b"]})");
  // How a name with a dot travels in a path.
  EXPECT_EQ(Get("/api/v1/label/U__cpu_2e_id/values").body, R"({"status":"success","data":["0"]})");
}

// A dashboard that asks for everything by mistake gets a reason, not all series.
TEST_F(SeriesApiTest, RefusesWithAReason) {
  EXPECT_EQ(Get("/api/v1/series").status, 400);
  EXPECT_EQ(Get("/api/v1/series", {{"match[]", "{job=~\".*\"}"}}).status, 400);
  EXPECT_EQ(Get("/api/v1/series", {{"match[]", "up{"}}).status, 400);
  const auto response = Get("/api/v1/labels", {{"start", "yesterday"}});
  EXPECT_EQ(response.status, 400);
  EXPECT_NE(response.body.find("yesterday"), std::string::npos) << response.body;
}

TEST_F(SeriesApiTest, MetadataByFamily) {
  storage::MetricBatch batch;
  batch.metadata = {{"up", model::MetricType::kGauge, "Is it \"up\"?", ""},
                    {"wait_seconds", model::MetricType::kHistogram, "Wait.", "seconds"}};
  ASSERT_TRUE(metrics_.Append(std::move(batch)).ok());
  EXPECT_EQ(Get("/api/v1/metadata", {{"metric", "wait_seconds"}}).body,
            R"({"status":"success","data":{"wait_seconds":[{"type":"histogram",)"
            R"("help":"Wait.","unit":"seconds"}]}})");
  EXPECT_EQ(Get("/api/v1/metadata", {{"limit", "1"}}).body,
            R"({"status":"success","data":{"up":[{"type":"gauge","help":"Is it \"up\"?",)"
            R"("unit":""}]}})");
}

}  // namespace
}  // namespace glint::api
