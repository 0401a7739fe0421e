// Field numbers of OTLP's messages, a struct for each.
// Source: opentelemetry-proto 1.x: common.proto, resource.proto, trace.proto, metrics.proto,
// trace_service.proto, metrics_service.proto; google/rpc/status.proto.
#pragma once

#include <cstdint>

namespace glint::wire::otlp {

struct AnyValueField {
  static constexpr uint32_t kString = 1, kBool = 2, kInt = 3, kDouble = 4, kArray = 5,
                            kKeyValueList = 6, kBytes = 7;
};
struct ListField {  // ArrayValue and KeyValueList.
  static constexpr uint32_t kValues = 1;
};
struct KeyValueField {
  static constexpr uint32_t kKey = 1, kValue = 2;
};
struct ScopeField {
  static constexpr uint32_t kName = 1, kVersion = 2, kAttributes = 3, kDroppedAttributes = 4;
};
struct ResourceField {
  static constexpr uint32_t kAttributes = 1, kDroppedAttributes = 2;
};

struct RequestField {  // TracesData, MetricsData and the Export requests.
  static constexpr uint32_t kResourceGroups = 1;
};
struct ResourceGroupField {  // ResourceSpans, ResourceMetrics.
  static constexpr uint32_t kResource = 1, kScopeGroups = 2, kSchemaUrl = 3;
};
struct ScopeGroupField {  // ScopeSpans, ScopeMetrics.
  static constexpr uint32_t kScope = 1, kItems = 2, kSchemaUrl = 3;
};

struct SpanField {
  static constexpr uint32_t kTraceId = 1, kSpanId = 2, kTraceState = 3, kParentSpanId = 4,
                            kName = 5, kKind = 6, kStart = 7, kEnd = 8, kAttributes = 9,
                            kDroppedAttributes = 10, kEvents = 11, kDroppedEvents = 12, kLinks = 13,
                            kDroppedLinks = 14, kStatus = 15, kFlags = 16;
};
struct EventField {
  static constexpr uint32_t kTime = 1, kName = 2, kAttributes = 3, kDroppedAttributes = 4;
};
struct LinkField {
  static constexpr uint32_t kTraceId = 1, kSpanId = 2, kTraceState = 3, kAttributes = 4,
                            kDroppedAttributes = 5, kFlags = 6;
};
struct SpanStatusField {
  static constexpr uint32_t kMessage = 2, kCode = 3;
};

struct MetricField {
  static constexpr uint32_t kName = 1, kDescription = 2, kUnit = 3, kGauge = 5, kSum = 7,
                            kHistogram = 9, kExponentialHistogram = 10, kSummary = 11,
                            kMetadata = 12;
};
struct MetricDataField {  // Gauge, Sum, Histogram, ExponentialHistogram, Summary.
  static constexpr uint32_t kPoints = 1, kTemporality = 2, kMonotonic = 3;
};
struct PointField {  // What all points number alike.
  static constexpr uint32_t kStart = 2, kTime = 3;
};
struct NumberPointField : PointField {
  static constexpr uint32_t kDouble = 4, kExemplars = 5, kInt = 6, kAttributes = 7, kFlags = 8;
};
struct HistogramPointField : PointField {
  static constexpr uint32_t kCount = 4, kSum = 5, kBucketCounts = 6, kBounds = 7, kExemplars = 8,
                            kAttributes = 9, kFlags = 10, kMin = 11, kMax = 12;
};
struct ExponentialPointField : PointField {
  static constexpr uint32_t kAttributes = 1, kCount = 4, kSum = 5, kScale = 6, kZeroCount = 7,
                            kPositive = 8, kNegative = 9, kFlags = 10, kExemplars = 11, kMin = 12,
                            kMax = 13, kZeroThreshold = 14;
};
struct BucketsField {
  static constexpr uint32_t kOffset = 1, kCounts = 2;
};
struct SummaryPointField : PointField {
  static constexpr uint32_t kCount = 4, kSum = 5, kQuantiles = 6, kAttributes = 7, kFlags = 8;
};
struct QuantileField {
  static constexpr uint32_t kQuantile = 1, kValue = 2;
};
struct ExemplarField {
  static constexpr uint32_t kTime = 2, kDouble = 3, kSpanId = 4, kTraceId = 5, kInt = 6,
                            kFilteredAttributes = 7;
};

struct ResponseField {
  static constexpr uint32_t kPartialSuccess = 1;
};
struct PartialSuccessField {
  static constexpr uint32_t kRejected = 1, kMessage = 2;
};
struct RpcStatusField {
  static constexpr uint32_t kCode = 1, kMessage = 2, kDetails = 3;
};
struct AnyField {
  static constexpr uint32_t kTypeUrl = 1, kValue = 2;
};
struct RetryInfoField {
  static constexpr uint32_t kDelay = 1;
};
struct DurationField {
  static constexpr uint32_t kSeconds = 1;
};

}  // namespace glint::wire::otlp
