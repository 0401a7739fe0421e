#include "tsdb/sample_order.h"

#include <algorithm>
#include <numeric>
#include <vector>

namespace glint::tsdb {
namespace {

using model::TimeMs;
using storage::HistogramSample;

bool Ascends(const std::vector<TimeMs>& times) {
  return std::adjacent_find(times.begin(), times.end(), std::greater_equal<>()) == times.end();
}

template <typename T>
std::vector<T> Picked(const std::vector<size_t>& order, const std::vector<T>& column) {
  std::vector<T> out;
  if (column.empty()) return out;
  out.reserve(order.size());
  for (const size_t i : order) out.push_back(column[i]);
  return out;
}

void SortFloats(storage::SeriesData& data) {
  std::vector<size_t> order(data.times.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return data.times[a] < data.times[b]; });
  order.erase(std::unique(order.begin(), order.end(),
                          [&](size_t a, size_t b) { return data.times[a] == data.times[b]; }),
              order.end());
  data.values = Picked(order, data.values);
  data.start_times = Picked(order, data.start_times);
  data.times = Picked(order, data.times);
}

void SortHistograms(std::vector<HistogramSample>& histograms) {
  const auto earlier = [](const HistogramSample& a, const HistogramSample& b) {
    return a.time < b.time;
  };
  std::stable_sort(histograms.begin(), histograms.end(), earlier);
  histograms.erase(std::unique(histograms.begin(), histograms.end(),
                               [](const HistogramSample& a, const HistogramSample& b) {
                                 return a.time == b.time;
                               }),
                   histograms.end());
}

}  // namespace

void PutInOrder(storage::SeriesData& data) {
  if (!data.start_times.empty()) data.start_times.resize(data.times.size());
  if (!Ascends(data.times)) SortFloats(data);
  if (data.histograms.empty()) return;
  SortHistograms(data.histograms);
  if (data.times.empty()) return;
  std::erase_if(data.histograms, [&](const HistogramSample& sample) {
    return std::binary_search(data.times.begin(), data.times.end(), sample.time);
  });
}

void DropOfOtherKind(size_t floats, size_t histograms, storage::SeriesData& data) {
  if (data.times.empty() || data.histograms.empty()) return;
  const auto first_histogram = data.histograms.begin() + static_cast<ptrdiff_t>(histograms);
  std::vector<TimeMs> held(data.times.begin(), data.times.begin() + static_cast<ptrdiff_t>(floats));
  std::sort(held.begin(), held.end());
  std::vector<TimeMs> held_histograms;
  for (size_t i = 0; i < histograms; ++i) held_histograms.push_back(data.histograms[i].time);
  std::sort(held_histograms.begin(), held_histograms.end());
  data.histograms.erase(std::remove_if(first_histogram, data.histograms.end(),
                                       [&](const HistogramSample& sample) {
                                         return std::binary_search(held.begin(), held.end(),
                                                                   sample.time);
                                       }),
                        data.histograms.end());
  if (held_histograms.empty()) return;
  if (!data.start_times.empty()) data.start_times.resize(data.times.size());
  std::vector<size_t> kept;
  for (size_t i = 0; i < data.times.size(); ++i) {
    if (i < floats ||
        !std::binary_search(held_histograms.begin(), held_histograms.end(), data.times[i])) {
      kept.push_back(i);
    }
  }
  if (kept.size() == data.times.size()) return;
  data.values = Picked(kept, data.values);
  data.start_times = Picked(kept, data.start_times);
  data.times = Picked(kept, data.times);
}

void CutTo(model::TimeRange range, storage::SeriesData& data) {
  const auto first = std::lower_bound(data.times.begin(), data.times.end(), range.start);
  const auto last = std::upper_bound(first, data.times.end(), range.end);
  const auto begin = first - data.times.begin();
  const auto end = last - data.times.begin();
  const auto cut = [&](auto& column) {
    if (column.empty()) return;
    column.erase(column.begin() + end, column.end());
    column.erase(column.begin(), column.begin() + begin);
  };
  if (begin != 0 || last != data.times.end()) {
    cut(data.values);
    cut(data.start_times);
    cut(data.times);
  }
  std::erase_if(data.histograms,
                [&](const HistogramSample& sample) { return !range.Contains(sample.time); });
}

}  // namespace glint::tsdb
