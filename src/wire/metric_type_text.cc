#include "wire/metric_type_text.h"

namespace glint::wire {
namespace {

struct TypeWord {
  std::string_view word;
  model::MetricType type;
};

constexpr TypeWord kOpenMetricsWords[] = {
    {"counter", model::MetricType::kCounter},
    {"gauge", model::MetricType::kGauge},
    {"histogram", model::MetricType::kHistogram},
    {"gaugehistogram", model::MetricType::kGaugeHistogram},
    {"summary", model::MetricType::kSummary},
    {"info", model::MetricType::kInfo},
    {"stateset", model::MetricType::kStateset},
    {"unknown", model::MetricType::kUnknown},
};
constexpr TypeWord kPrometheusWords[] = {
    {"counter", model::MetricType::kCounter},     {"gauge", model::MetricType::kGauge},
    {"histogram", model::MetricType::kHistogram}, {"summary", model::MetricType::kSummary},
    {"untyped", model::MetricType::kUnknown},     {"unknown", model::MetricType::kUnknown},
};

}  // namespace

std::optional<model::MetricType> ParseMetricType(std::string_view word, ExpositionFormat format) {
  const auto find = [word](const auto& words) -> std::optional<model::MetricType> {
    for (const TypeWord& known : words) {
      if (known.word == word) return known.type;
    }
    return std::nullopt;
  };
  return format == ExpositionFormat::kOpenMetrics ? find(kOpenMetricsWords)
                                                  : find(kPrometheusWords);
}

std::string_view MetricTypeWords(ExpositionFormat format) {
  return format == ExpositionFormat::kOpenMetrics
             ? "counter, gauge, histogram, gaugehistogram, summary, info, stateset, unknown"
             : "counter, gauge, histogram, summary, untyped";
}

}  // namespace glint::wire
