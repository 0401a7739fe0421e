#include "pipeline/otlp_receiver.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <mutex>

#include "net/encoding.h"
#include "storage/memory_metrics.h"

namespace glint::pipeline {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr int64_t kNowMs = 1'700'000'000'000;

class FixedClock final : public Clock {
 public:
  int64_t NowNs() const override { return kNowMs * 1'000'000; }
};

// Keeps what it is given, or fails as it is told to.
class Traces final : public storage::TraceWriter {
 public:
  StatusOr<storage::SpanCounts> Append(model::SpanBatch batch) override {
    if (!failure.ok()) return failure;
    ++appends;
    spans += batch.span_count();
    return storage::SpanCounts{batch.span_count(), 0};
  }
  Status failure;
  uint64_t appends = 0;
  uint64_t spans = 0;
};

constexpr std::string_view kOneSpan =
    "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[{\"traceId\":"
    "\"0102030405060708090a0b0c0d0e0f10\",\"spanId\":\"0102030405060708\"}]}]}]}";
constexpr std::string_view kGoodAndBadSpan =
    "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[{\"traceId\":"
    "\"0102030405060708090a0b0c0d0e0f10\",\"spanId\":\"0102030405060708\"},{\"traceId\":\"ff\","
    "\"spanId\":\"0102030405060708\",\"name\":\"short\"}]}]}]}";

std::string Gauge(int64_t time_ms, double value) {
  return fmt::format(
      "{{\"resourceMetrics\":[{{\"scopeMetrics\":[{{\"metrics\":[{{\"name\":\"g\",\"gauge\":"
      "{{\"dataPoints\":[{{\"asDouble\":{},\"timeUnixNano\":\"{}000000\"}}]}}}}]}}]}}]}}",
      value, time_ms);
}

class OtlpReceiverTest : public ::testing::Test {
 protected:
  net::HttpResponse Post(wire::OtlpSignal signal, std::string body,
                         std::string content_type = "application/json",
                         std::string content_encoding = "") {
    net::HttpRequest request;
    request.method = "POST";
    request.body = std::move(body);
    if (!content_type.empty()) request.headers.emplace_back("content-type", content_type);
    if (!content_encoding.empty()) {
      request.headers.emplace_back("Content-Encoding", content_encoding);
    }
    return receiver_.HandleHttp(signal, request);
  }
  net::HttpResponse PostTraces(std::string_view body, std::string content_type = "application/json",
                               std::string content_encoding = "") {
    return Post(wire::OtlpSignal::kTraces, std::string(body), content_type, content_encoding);
  }
  OtlpCounts TraceCounts() const {
    return receiver_.Counts(wire::OtlpSignal::kTraces, OtlpTransport::kHttp);
  }
  static uint64_t Refused(const OtlpCounts& counts, OtlpRefusal refusal) {
    return counts.refused[static_cast<size_t>(refusal)];
  }

  FixedClock clock_;
  storage::MemoryMetrics metrics_{{.clock = &clock_}};
  Traces traces_;
  OtlpReceiver receiver_{metrics_, traces_};
};

TEST_F(OtlpReceiverTest, SuccessIsAnsweredInTheContentTypeOfTheRequest) {
  const net::HttpResponse json = PostTraces(kOneSpan, "application/json; charset=utf-8");
  EXPECT_EQ(json.status, 200);
  EXPECT_EQ(json.content_type, "application/json");
  EXPECT_EQ(json.body, "{\"partialSuccess\":{}}");
  const net::HttpResponse proto = PostTraces("", "application/x-protobuf");
  EXPECT_EQ(proto.status, 200);
  EXPECT_EQ(proto.content_type, "application/x-protobuf");
  EXPECT_EQ(proto.body, std::string("\x0a\x00", 2));
  EXPECT_EQ(traces_.spans, 1u);
  EXPECT_EQ(traces_.appends, 1u);  // The empty request did not reach the store.
  EXPECT_EQ(TraceCounts().accepted, 1u);
  EXPECT_EQ(TraceCounts().requests, 2u);
}

TEST_F(OtlpReceiverTest, WhatIsNoExportIsTurnedAway) {
  net::HttpRequest get;
  get.method = "GET";
  const net::HttpResponse wrong_method = receiver_.HandleHttp(wire::OtlpSignal::kTraces, get);
  EXPECT_EQ(wrong_method.status, 405);
  EXPECT_EQ(wrong_method.body, "405 method not allowed, supported: [POST]");
  for (const char* type : {"", "text/plain", "application/xml"}) {
    const net::HttpResponse response = PostTraces(kOneSpan, type);
    EXPECT_EQ(response.status, 415) << type;
    EXPECT_EQ(response.body,
              "415 unsupported media type, supported: [application/json, application/x-protobuf]");
  }
  const net::HttpResponse encoding = PostTraces(kOneSpan, "application/json", "br");
  EXPECT_EQ(encoding.status, 400);
  EXPECT_EQ(encoding.body, "{\"code\":3,\"message\":\"unsupported Content-Encoding: br\"}");
  const net::HttpResponse broken = PostTraces("{", "application/json");
  EXPECT_EQ(broken.status, 400);
  EXPECT_THAT(broken.body, HasSubstr("{\"code\":3,\"message\":\"JSON at byte 1:"));
  EXPECT_EQ(PostTraces("\x0a\xff", "application/x-protobuf").content_type,
            "application/x-protobuf");
  EXPECT_EQ(TraceCounts().refused_requests, 6u);
  EXPECT_EQ(traces_.spans, 0u);
}

TEST_F(OtlpReceiverTest, RoutesLeaveLogsUnserved) {
  net::HttpRouter router;
  receiver_.AddRoutes(router);
  net::HttpRequest request;
  request.method = "POST";
  request.path = "/v1/logs";
  EXPECT_EQ(router.Route(request).status, 404);
  request.method = "PUT";
  request.path = "/v1/metrics";
  EXPECT_EQ(router.Route(request).body, "405 method not allowed, supported: [POST]");
  EXPECT_EQ(
      receiver_.GrpcHandlers().count("/opentelemetry.proto.collector.logs.v1.LogsService/Export"),
      0u);
}

TEST_F(OtlpReceiverTest, CompressedBodiesAreTakenUpToTheLimit) {
  EXPECT_EQ(PostTraces(net::GzipCompress(kOneSpan), "application/json", "gzip").status, 200);
  EXPECT_EQ(PostTraces(net::SnappyCompress(kOneSpan), "application/json", "snappy").status, 200);
  const net::HttpResponse bomb = PostTraces(
      net::GzipCompress(std::string(kOtlpMaxBodyBytes + 1, ' ')), "application/json", "gzip");
  EXPECT_EQ(bomb.status, 400);
  EXPECT_THAT(bomb.body, HasSubstr("http: request body too large"));
  EXPECT_EQ(traces_.spans, 2u);
}

// The neighbours of a broken span are kept, and the sender is told about it.
TEST_F(OtlpReceiverTest, BadSpanIsPartialSuccess) {
  const net::HttpResponse response = PostTraces(kGoodAndBadSpan);
  EXPECT_EQ(response.status, 200);
  EXPECT_THAT(response.body,
              HasSubstr("\"rejectedSpans\":\"1\",\"errorMessage\":\"1 spans refused, "
                        "the first: span `short`: trace id is `ff`"));
  EXPECT_EQ(traces_.spans, 1u);
  EXPECT_EQ(TraceCounts().accepted, 1u);
  EXPECT_EQ(Refused(TraceCounts(), OtlpRefusal::kInvalid), 1u);
}

TEST_F(OtlpReceiverTest, FullDiskIsRetryable) {
  traces_.failure = Unavailable("disk is full");
  const net::HttpResponse response = PostTraces(kOneSpan);
  EXPECT_EQ(response.status, 503);
  EXPECT_THAT(response.headers, SizeIs(1));
  EXPECT_EQ(response.headers[0].first, "Retry-After");
  EXPECT_THAT(response.body, HasSubstr("\"code\":14,\"message\":\"disk is full\""));
  EXPECT_EQ(Refused(TraceCounts(), OtlpRefusal::kStore), 1u);
  EXPECT_EQ(TraceCounts().accepted, 0u);

  const std::string request(
      "\x0a\x22\x12\x20\x12\x1e\x0a\x10\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f"
      "\x10\x12\x08\x11\x12\x13\x14\x15\x16\x17\x18\x30\x02",
      36);
  const net::GrpcReply reply = receiver_.HandleGrpc(wire::OtlpSignal::kTraces, request);
  EXPECT_EQ(reply.status.code(), StatusCode::kUnavailable);
  EXPECT_THAT(reply.details, HasSubstr("google.rpc.RetryInfo"));
  traces_.failure = OkStatus();
  EXPECT_EQ(receiver_.HandleGrpc(wire::OtlpSignal::kTraces, request).bytes,
            std::string("\x0a\x00", 2));
}

TEST_F(OtlpReceiverTest, MetricsReachTheStore) {
  EXPECT_EQ(Post(wire::OtlpSignal::kMetrics, Gauge(kNowMs, 1.5)).body, "{\"partialSuccess\":{}}");
  QueryBudget budget;
  const auto series = metrics_.Series({}, 0, budget);
  ASSERT_TRUE(series.ok());
  ASSERT_THAT(*series, SizeIs(1));
  EXPECT_EQ((*series)[0].ToString(), "g");
  EXPECT_THAT(metrics_.Metadata("g"), SizeIs(1));
}

// Nothing is refused in silence: what the store would not take is told and counted by its reason.
TEST_F(OtlpReceiverTest, SamplesThatTheStoreRefusesAreRejectedPoints) {
  Post(wire::OtlpSignal::kMetrics, Gauge(kNowMs, 1));
  const net::HttpResponse conflict = Post(wire::OtlpSignal::kMetrics, Gauge(kNowMs, 2));
  EXPECT_EQ(conflict.status, 200);
  EXPECT_THAT(conflict.body, HasSubstr("\"rejectedDataPoints\":\"1\",\"errorMessage\":\"1 samples "
                                       "differ from what is stored"));
  const net::HttpResponse future =
      Post(wire::OtlpSignal::kMetrics, Gauge(kNowMs + storage::kMaxFutureMs + 60'000, 2));
  EXPECT_THAT(future.body, HasSubstr("1 samples are too far in the future"));
  const OtlpCounts counts = receiver_.Counts(wire::OtlpSignal::kMetrics, OtlpTransport::kHttp);
  EXPECT_EQ(counts.accepted, 1u);
  EXPECT_EQ(Refused(counts, OtlpRefusal::kConflict), 1u);
  EXPECT_EQ(Refused(counts, OtlpRefusal::kTooNew), 1u);
}

TEST_F(OtlpReceiverTest, DeltaMetricsAreRejectedWithTheReason) {
  const net::HttpResponse response = Post(
      wire::OtlpSignal::kMetrics,
      "{\"resourceMetrics\":[{\"scopeMetrics\":[{\"metrics\":[{\"name\":\"c\",\"sum\":{"
      "\"aggregationTemporality\":\"AGGREGATION_TEMPORALITY_DELTA\",\"dataPoints\":[{\"asInt\":1,"
      "\"timeUnixNano\":\"1700000000000000000\"}]}}]}]}]}");
  EXPECT_EQ(response.status, 200);
  EXPECT_THAT(response.body, HasSubstr("\"rejectedDataPoints\":\"1\""));
  EXPECT_THAT(response.body, HasSubstr("temporality is delta"));
  EXPECT_EQ(Refused(receiver_.Counts(wire::OtlpSignal::kMetrics, OtlpTransport::kHttp),
                    OtlpRefusal::kTemporality),
            1u);
}

TEST(OtlpHttpStatusTest, IsTheCollectorsTable) {
  EXPECT_EQ(OtlpHttpStatus(StatusCode::kInvalidArgument), 400);
  EXPECT_EQ(OtlpHttpStatus(StatusCode::kUnauthenticated), 401);
  EXPECT_EQ(OtlpHttpStatus(StatusCode::kPermissionDenied), 403);
  EXPECT_EQ(OtlpHttpStatus(StatusCode::kUnimplemented), 404);
  EXPECT_EQ(OtlpHttpStatus(StatusCode::kResourceExhausted), 429);
  EXPECT_EQ(OtlpHttpStatus(StatusCode::kInternal), 500);
  for (const StatusCode code :
       {StatusCode::kCancelled, StatusCode::kDeadlineExceeded, StatusCode::kAborted,
        StatusCode::kOutOfRange, StatusCode::kUnavailable, StatusCode::kDataLoss}) {
    EXPECT_EQ(OtlpHttpStatus(code), 503);
  }
}

}  // namespace
}  // namespace glint::pipeline
