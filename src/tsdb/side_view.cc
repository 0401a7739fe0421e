#include <algorithm>
#include <span>

#include "tsdb/row_block.h"
#include "tsdb/side_series.h"

namespace glint::tsdb {
namespace {

constexpr auto kBefore = [](const codec::TimedSample& sample, model::TimeMs time) {
  return sample.time < time;
};
constexpr auto kEarlier = [](const storage::HistogramSample& sample, model::TimeMs time) {
  return sample.time < time;
};

}  // namespace

void SideView::Read(model::TimeRange range, storage::SeriesData& out) const {
  const auto add = [&](std::span<const codec::TimedSample> samples) {
    auto at = std::lower_bound(samples.begin(), samples.end(), range.start, kBefore);
    for (; at != samples.end() && at->time <= range.end; ++at) {
      AppendSample(at->time, at->value, at->start_time, out);
    }
  };
  for (const auto& chunk : chunks) {
    // Our own bytes in our own memory.
    add(codec::DecodeSamples(chunk->bytes).value());
  }
  if (open_count > 0) add({open->samples.get(), open_count});
  for (const auto& chunk : histograms) {
    auto at = std::lower_bound(chunk->begin(), chunk->end(), range.start, kEarlier);
    for (; at != chunk->end() && at->time <= range.end; ++at) out.histograms.push_back(*at);
  }
}

}  // namespace glint::tsdb
