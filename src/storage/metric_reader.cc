#include "storage/metric_reader.h"

namespace glint::storage {

uint64_t BytesOf(const SeriesData& data) {
  uint64_t bytes = sizeof(SeriesData);
  bytes += (data.times.size() + data.start_times.size()) * sizeof(model::TimeMs);
  bytes += data.values.size() * sizeof(double);
  for (const HistogramSample& sample : data.histograms) {
    bytes += sizeof(HistogramSample) + sizeof(model::Histogram);
    bytes += (sample.histogram->positive_buckets.size() +
              sample.histogram->negative_buckets.size() + sample.histogram->custom_values.size()) *
             sizeof(double);
  }
  return bytes;
}

uint64_t BytesOf(const SeriesBlock& block) {
  uint64_t bytes = 0;
  for (const SeriesData& data : block.series) bytes += BytesOf(data);
  return bytes;
}

uint64_t SamplesOf(const SeriesBlock& block) {
  uint64_t samples = 0;
  for (const SeriesData& data : block.series) samples += data.times.size() + data.histograms.size();
  return samples;
}

StatusOr<std::optional<GridResult>> MetricReader::SelectGrid(const GridQuery&, QueryBudget&) const {
  return std::optional<GridResult>();
}

}  // namespace glint::storage
