// What one scrape or push brought and does not come as a row, as bytes of the log:
// docs/format/metric-log.md.
//
// Series are numbers; what they stand for is said elsewhere. Doubles keep their bits. Thread-safe.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "model/exemplar.h"
#include "model/histogram.h"
#include "model/metadata.h"
#include "model/series_ref.h"
#include "model/time.h"

namespace glint::codec {

// Columns as in storage::MetricBatch; those of one kind are equally long, `times` and
// `start_times` may be empty instead.
struct MetricRecord {
  uint64_t sender = 0;

  std::vector<model::SeriesRef> series;
  std::vector<double> values;
  model::TimeMs time = 0;
  std::vector<model::TimeMs> times;
  std::vector<model::TimeMs> start_times;

  std::vector<model::SeriesRef> histogram_series;
  std::vector<model::TimeMs> histogram_times;
  std::vector<model::TimeMs> histogram_start_times;  // Never empty instead; 0 is unknown.
  std::vector<std::shared_ptr<const model::Histogram>> histograms;

  std::vector<model::SeriesRef> exemplar_series;
  std::vector<model::Exemplar> exemplars;

  std::vector<model::MetricMetadata> metadata;
};

std::string EncodeMetricRecord(const MetricRecord& record);

// INVALID_ARGUMENT: not such a record; the text says which part ends where.
StatusOr<MetricRecord> DecodeMetricRecord(std::string_view bytes);

}  // namespace glint::codec
