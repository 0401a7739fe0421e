#include "api/tempo.h"

#include <gmock/gmock.h>

#include "api/api_test_server.h"
#include "storage/memory_traces.h"

namespace glint::api {
namespace {

using testing::HasSubstr;

constexpr char kTrace[] = "0af7651916cd43dd8448eb211c80319c";

class TempoApiTest : public ApiTest {
 protected:
  TempoApiTest() {
    RouteTempo(traces_, QueryLimits(), router_);
    auto resource = std::make_shared<model::Resource>();
    resource->attributes = {{"service.name", {std::string("cart")}}};
    model::Span span;
    span.trace_id = *model::TraceId::FromHex(kTrace);
    span.span_id = *model::SpanId::FromHex("b7ad6b7169203331");
    span.name = "GET /";
    span.start_ns = 1'000'000'000;
    span.end_ns = 1'250'000'000;
    model::SpanBatch batch;
    batch.groups.push_back({resource, std::make_shared<model::Scope>(), {span}});
    EXPECT_TRUE(traces_.Append(std::move(batch)).ok());
  }
  storage::MemoryTraces traces_;
};

// Grafana's Tempo data source and our own flyout read this shape.
TEST_F(TempoApiTest, TraceByIdInTemposShape) {
  const std::string body = Get(std::string("/api/traces/") + kTrace).body;
  EXPECT_THAT(body, HasSubstr("{\"batches\":["));
  EXPECT_THAT(body, HasSubstr("\"traceId\":\"CvdlGRbNQ92ESOshHIAxnA==\""));
  EXPECT_THAT(body, HasSubstr("\"startTimeUnixNano\":\"1000000000\""));
}

TEST_F(TempoApiTest, ProtobufWhenAskedFor) {
  const auto response =
      Get(std::string("/api/traces/") + kTrace, {}, {{"Accept", "application/protobuf"}});
  EXPECT_EQ(response.content_type, "application/protobuf");
  EXPECT_EQ(response.body.substr(0, 1), "\x0a");
}

TEST_F(TempoApiTest, SaysWhyThereIsNone) {
  EXPECT_EQ(Get("/api/traces/1af7651916cd43dd8448eb211c80319c").status, 404);
  EXPECT_EQ(Get("/api/traces/xyz").status, 400);
  EXPECT_THAT(Get("/api/traces/xyz").body, HasSubstr("\"xyz\""));
}

TEST_F(TempoApiTest, SearchByTagsAndDuration) {
  const auto found = [&](const char* tags, const char* min_duration) {
    const std::string body =
        Get("/api/search", {{"tags", tags}, {"minDuration", min_duration}}).body;
    return body.find(kTrace) != std::string::npos;
  };
  EXPECT_TRUE(found("service.name=cart", "200ms"));
  EXPECT_FALSE(found("service.name=cart", "300ms"));
  EXPECT_FALSE(found("service.name=other", "0"));
  EXPECT_EQ(Get("/api/search", {{"minDuration", "soon"}}).status, 400);
  EXPECT_EQ(Get("/api/search", {{"q", "{}"}}).status, 501);
}

}  // namespace
}  // namespace glint::api
