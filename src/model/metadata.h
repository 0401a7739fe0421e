// What a metric says of itself: its type, help and unit.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace glint::model {

enum class MetricType : uint8_t {
  kUnknown,
  kCounter,
  kGauge,
  kHistogram,
  kGaugeHistogram,
  kSummary,
  kInfo,
  kStateset,
};

// As in the Prometheus API: "counter", "gaugehistogram", ..., "unknown".
constexpr std::string_view MetricTypeName(MetricType type) {
  constexpr std::string_view kNames[] = {"unknown",        "counter", "gauge", "histogram",
                                         "gaugehistogram", "summary", "info",  "stateset"};
  return kNames[static_cast<size_t>(type)];
}

struct MetricMetadata {
  std::string family;  // The name in TYPE and HELP: of a classic histogram without _bucket.
  MetricType type = MetricType::kUnknown;
  std::string help;
  std::string unit;
  bool operator==(const MetricMetadata&) const = default;
};

}  // namespace glint::model
