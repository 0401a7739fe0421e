#include "api/exemplars.h"

#include "api/api_test_server.h"
#include "storage/memory_traces.h"

namespace glint::api {
namespace {

constexpr char kStored[] = "0af7651916cd43dd8448eb211c80319c";
constexpr char kLost[] = "1af7651916cd43dd8448eb211c80319c";

class ExemplarsApiTest : public ApiTest {
 protected:
  ExemplarsApiTest() {
    RouteExemplars(metrics_, traces_, QueryLimits(), router_);
    const auto refs = metrics_.Resolve(
        std::vector<model::Labels>{{{"__name__", "wait_seconds_bucket"}, {"le", "0.5"}}});
    storage::MetricBatch batch;
    for (const char* id : {kStored, kLost}) {
      batch.exemplar_series.push_back(refs->front());
      batch.exemplars.push_back(
          model::MakeExemplar(1500, 0.25, {{"trace_id", id}, {"span_id", "b7ad6b7169203331"}}));
    }
    batch.exemplar_series.push_back(refs->front());
    batch.exemplars.push_back(model::MakeExemplar(2500, 0.5, {{"user", "7"}}));
    EXPECT_TRUE(metrics_.Append(std::move(batch)).ok());

    model::Span span;
    span.trace_id = *model::TraceId::FromHex(kStored);
    span.span_id = *model::SpanId::FromHex("b7ad6b7169203331");
    model::SpanBatch spans;
    spans.groups.push_back(
        {std::make_shared<model::Resource>(), std::make_shared<model::Scope>(), {span}});
    EXPECT_TRUE(traces_.Append(std::move(spans)).ok());
  }
  storage::MemoryTraces traces_;
};

TEST_F(ExemplarsApiTest, AnswersInPrometheusShape) {
  EXPECT_EQ(
      Get("/api/v1/query_exemplars",
          {{"query", "rate(wait_seconds_bucket[5m])"}, {"start", "2"}, {"end", "3"}})
          .body,
      R"({"status":"success","data":[{"seriesLabels":{"__name__":"wait_seconds_bucket",)"
      R"("le":"0.5"},"exemplars":[{"labels":{"user":"7"},"value":"0.5","timestamp":2.5}]}]})");
}

// A dot that cannot open must not look like one that can.
TEST_F(ExemplarsApiTest, SaysOfEachWhetherItsTraceIsHere) {
  const std::string body = Get("/api/glint/v1/exemplars", {{"query", "wait_seconds_bucket"}}).body;
  const auto state_after = [&](std::string_view id) {
    const size_t at = body.find(id);
    const size_t state = body.find("\"trace\":\"", at);
    return at == std::string::npos ? ""
                                   : body.substr(state + 9, body.find('"', state + 9) - state - 9);
  };
  EXPECT_EQ(state_after(kStored), "stored") << body;
  EXPECT_EQ(state_after(kLost), "missing") << body;
  EXPECT_EQ(state_after("\"user\":\"7\""), "none") << body;
}

TEST_F(ExemplarsApiTest, WhatSelectsNoSeriesHasNoExemplars) {
  EXPECT_EQ(Get("/api/v1/query_exemplars", {{"query", "1"}}).body,
            R"({"status":"success","data":[]})");
  EXPECT_EQ(Get("/api/v1/query_exemplars", {}).status, 400);
  EXPECT_EQ(Get("/api/v1/query_exemplars", {{"query", "up"}, {"start", "5"}, {"end", "1"}}).status,
            400);
}

}  // namespace
}  // namespace glint::api
