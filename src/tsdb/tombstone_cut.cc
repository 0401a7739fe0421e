#include "tsdb/tombstone_cut.h"

#include <algorithm>

#include "tsdb/sample_order.h"

namespace glint::tsdb {
namespace {

// Goes along the ranges with times that ascend.
class InRanges {
 public:
  explicit InRanges(std::span<const model::TimeRange> ranges) : ranges_(ranges) {}
  bool Contains(model::TimeMs time) {
    while (at_ < ranges_.size() && ranges_[at_].end < time) ++at_;
    return at_ < ranges_.size() && ranges_[at_].start <= time;
  }

 private:
  const std::span<const model::TimeRange> ranges_;
  size_t at_ = 0;
};

}  // namespace

void UniteRanges(std::vector<model::TimeRange>& ranges) {
  std::erase_if(ranges, [](const model::TimeRange& range) { return range.start > range.end; });
  std::sort(ranges.begin(), ranges.end(),
            [](const auto& a, const auto& b) { return a.start < b.start; });
  size_t kept = 0;
  for (const model::TimeRange& range : ranges) {
    const bool touches = kept > 0 && (ranges[kept - 1].end == model::kMaxTimeMs ||
                                      range.start <= ranges[kept - 1].end + 1);
    if (touches) {
      ranges[kept - 1].end = std::max(ranges[kept - 1].end, range.end);
    } else {
      ranges[kept++] = range;
    }
  }
  ranges.resize(kept);
}

uint64_t CutDeleted(std::span<const model::TimeRange> deleted, storage::SeriesData& data) {
  if (deleted.empty()) return 0;
  const size_t before = data.times.size() + data.histograms.size();
  InRanges floats(deleted);
  DropFloats(data, [&](model::TimeMs time) { return floats.Contains(time); });
  InRanges histograms(deleted);
  std::erase_if(data.histograms, [&](const storage::HistogramSample& sample) {
    return histograms.Contains(sample.time);
  });
  return before - data.times.size() - data.histograms.size();
}

uint64_t CutDeleted(std::span<const model::TimeRange> deleted,
                    std::vector<model::Exemplar>& exemplars) {
  if (deleted.empty()) return 0;
  InRanges ranges(deleted);
  return std::erase_if(
      exemplars, [&](const model::Exemplar& exemplar) { return ranges.Contains(exemplar.time); });
}

}  // namespace glint::tsdb
