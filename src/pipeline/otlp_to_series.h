// OpenTelemetry's metrics as the series that Prometheus' OTLP endpoint would make of them, with
// its defaults:
//
// - Names and labels as wire/otlp_names.h; attributes that become the same label are joined by ';'.
// - job is service.namespace/service.name, instance is service.instance.id; the other attributes
//   of the resource go to one series target_info. Scope names and attributes become no labels.
// - A histogram becomes _bucket, _sum and _count, each exemplar on its bucket; an exponential one
//   a native histogram. Bounds and quantiles are written as scrapes have them ("1.0").
// - Delta temporality is refused: a series of Prometheus is cumulative.
//
// A point that cannot become a sample is refused alone, with its reason. Thread-safe.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "model/exemplar.h"
#include "model/labels.h"
#include "model/metadata.h"
#include "model/otlp_metrics.h"
#include "storage/metric_batch.h"

namespace glint::pipeline {

enum class PointRefusal : uint8_t { kTemporality, kInvalid, kLimit };
inline constexpr size_t kPointRefusals = 3;

struct TranslatedMetrics {
  // Of all samples and histograms; may hold equal entries.
  std::vector<model::Labels> series;

  // Float samples: parallel columns; `sample_series` are indexes into `series`.
  std::vector<size_t> sample_series;
  std::vector<double> values;
  std::vector<model::TimeMs> times;
  std::vector<model::TimeMs> start_times;

  std::vector<size_t> histogram_series;
  std::vector<storage::HistogramSample> histograms;

  std::vector<size_t> exemplar_series;
  std::vector<model::Exemplar> exemplars;

  std::vector<model::MetricMetadata> metadata;

  uint64_t points = 0;  // Taken in, target_info apart.
  std::array<uint64_t, kPointRefusals> refused{};
  std::string first_reason;  // Of a refusal; empty when there was none.
};

TranslatedMetrics TranslateOtlpMetrics(const model::OtlpMetricBatch& batch);

}  // namespace glint::pipeline
