#include <algorithm>
#include <span>

#include "tsdb/head_series.h"

namespace glint::tsdb {
namespace {

constexpr auto kBefore = [](const codec::TimedSample& sample, model::TimeMs time) {
  return sample.time < time;
};
constexpr auto kEarlier = [](const storage::HistogramSample& sample, model::TimeMs time) {
  return sample.time < time;
};

}  // namespace

StatusOr<storage::SeriesData> SeriesView::Read(model::TimeRange range) const {
  storage::SeriesData data;
  data.labels = labels;
  bool has_starts = false;
  std::vector<model::TimeMs> starts;
  const auto add = [&](std::span<const codec::TimedSample> samples) {
    const auto begin = std::lower_bound(samples.begin(), samples.end(), range.start, kBefore);
    for (auto at = begin; at != samples.end() && at->time <= range.end; ++at) {
      data.times.push_back(at->time);
      data.values.push_back(at->value);
      starts.push_back(at->start_time);
      has_starts |= at->start_time != 0;
    }
  };
  for (const auto& chunk : chunks) {
    const auto samples = codec::DecodeSamples(chunk->bytes);
    if (!samples.ok()) return DataLoss("{}", samples.status().message());
    add(*samples);
  }
  if (open_count > 0) add({open->samples.get(), open_count});
  if (has_starts) data.start_times = std::move(starts);
  for (const auto& chunk : histograms) {
    auto at = std::lower_bound(chunk->begin(), chunk->end(), range.start, kEarlier);
    for (; at != chunk->end() && at->time <= range.end; ++at) data.histograms.push_back(*at);
  }
  return data;
}

}  // namespace glint::tsdb
