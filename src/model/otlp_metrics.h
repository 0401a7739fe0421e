// Metrics as OpenTelemetry sends them, before they become series: points with attributes under
// metrics, scopes and resources. Receivers decode into this, processors change it, exporters and
// the translation to series read it.
// Source: OpenTelemetry metrics.proto.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "model/attribute.h"
#include "model/ids.h"
#include "model/span.h"
#include "model/time.h"

namespace glint::model {

// Numbers as in metrics.proto; one that is not listed is kept as it came.
enum class Temporality : int32_t { kUnspecified = 0, kDelta = 1, kCumulative = 2 };

// In `flags` of a point: the series is known, but it has no value at this time.
inline constexpr uint32_t kNoRecordedValueFlag = 1;

using OtlpNumber = std::variant<std::monostate, int64_t, double>;  // Nothing: no field was set.

struct OtlpExemplar {
  TimeNs time_ns = 0;
  OtlpNumber value;
  TraceId trace_id;  // Zero: names no trace.
  SpanId span_id;
  Attributes filtered_attributes;
  bool operator==(const OtlpExemplar&) const = default;
};

// What all kinds of points have.
struct OtlpPoint {
  Attributes attributes;
  TimeNs start_ns = 0;  // 0: unknown.
  TimeNs time_ns = 0;
  uint32_t flags = 0;
  bool operator==(const OtlpPoint&) const = default;

  bool HasNoValue() const { return (flags & kNoRecordedValueFlag) != 0; }
};

struct NumberPoint : OtlpPoint {
  OtlpNumber value;
  std::vector<OtlpExemplar> exemplars;
  bool operator==(const NumberPoint&) const = default;
};

struct HistogramPoint : OtlpPoint {
  uint64_t count = 0;
  std::optional<double> sum;
  std::optional<double> min;
  std::optional<double> max;
  std::vector<double> bounds;           // Ascending upper bounds, without +Inf.
  std::vector<uint64_t> bucket_counts;  // Not cumulative; bounds.size() + 1, or none at all.
  std::vector<OtlpExemplar> exemplars;
  bool operator==(const HistogramPoint&) const = default;
};

// Bucket i counts values in (base^(offset+i), base^(offset+i+1)], base = 2^(2^-scale).
struct ExponentialBuckets {
  int32_t offset = 0;
  std::vector<uint64_t> counts;
  bool operator==(const ExponentialBuckets&) const = default;
};

struct ExponentialHistogramPoint : OtlpPoint {
  uint64_t count = 0;
  std::optional<double> sum;
  std::optional<double> min;
  std::optional<double> max;
  int32_t scale = 0;
  uint64_t zero_count = 0;
  double zero_threshold = 0;
  ExponentialBuckets positive;
  ExponentialBuckets negative;
  std::vector<OtlpExemplar> exemplars;
  bool operator==(const ExponentialHistogramPoint&) const = default;
};

struct QuantileValue {
  double quantile = 0;
  double value = 0;
  bool operator==(const QuantileValue&) const = default;
};

struct SummaryPoint : OtlpPoint {
  uint64_t count = 0;
  double sum = 0;
  std::vector<QuantileValue> quantiles;
  bool operator==(const SummaryPoint&) const = default;
};

struct OtlpGauge {
  std::vector<NumberPoint> points;
  bool operator==(const OtlpGauge&) const = default;
};
struct OtlpSum {
  std::vector<NumberPoint> points;
  Temporality temporality = Temporality::kUnspecified;
  bool monotonic = false;
  bool operator==(const OtlpSum&) const = default;
};
struct OtlpHistogram {
  std::vector<HistogramPoint> points;
  Temporality temporality = Temporality::kUnspecified;
  bool operator==(const OtlpHistogram&) const = default;
};
struct OtlpExponentialHistogram {
  std::vector<ExponentialHistogramPoint> points;
  Temporality temporality = Temporality::kUnspecified;
  bool operator==(const OtlpExponentialHistogram&) const = default;
};
struct OtlpSummary {
  std::vector<SummaryPoint> points;
  bool operator==(const OtlpSummary&) const = default;
};

struct OtlpMetric {
  std::string name;
  std::string description;
  std::string unit;  // UCUM: "s", "By", "{request}".
  Attributes metadata;
  std::variant<std::monostate, OtlpGauge, OtlpSum, OtlpHistogram, OtlpExponentialHistogram,
               OtlpSummary>
      data;  // Nothing: a kind that we do not know, or none.
  bool operator==(const OtlpMetric&) const = default;

  size_t point_count() const {
    return std::visit(
        [](const auto& kind) -> size_t {
          if constexpr (std::is_same_v<std::decay_t<decltype(kind)>, std::monostate>) {
            return 0;
          } else {
            return kind.points.size();
          }
        },
        data);
  }
};

// Metrics of one resource and one scope.
struct ScopeMetrics {
  std::shared_ptr<const Resource> resource;  // Never null.
  std::shared_ptr<const Scope> scope;        // Never null.
  std::vector<OtlpMetric> metrics;
};

// What one request brought. Moves; copying it is a mistake more often than not.
struct OtlpMetricBatch {
  std::vector<ScopeMetrics> groups;

  size_t point_count() const {
    size_t count = 0;
    for (const ScopeMetrics& group : groups) {
      for (const OtlpMetric& metric : group.metrics) count += metric.point_count();
    }
    return count;
  }
};

}  // namespace glint::model
