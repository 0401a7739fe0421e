#include "tsdb/merge_columns.h"

#include <algorithm>
#include <iterator>

#include "storage/same_bits.h"
#include "tsdb/sample_order.h"

namespace glint::tsdb {
namespace {

using storage::HistogramSample;
using storage::SeriesData;

// Whether a time is among the samples; asked for times that ascend.
class TimesOf {
 public:
  explicit TimesOf(const SeriesData& data) : data_(data) {}
  bool Contains(model::TimeMs time) {
    while (at_ < data_.times.size() && data_.times[at_] < time) ++at_;
    if (at_ < data_.times.size() && data_.times[at_] == time) return true;
    while (histogram_ < data_.histograms.size() && data_.histograms[histogram_].time < time) {
      ++histogram_;
    }
    return histogram_ < data_.histograms.size() && data_.histograms[histogram_].time == time;
  }

 private:
  const SeriesData& data_;
  size_t at_ = 0;
  size_t histogram_ = 0;
};

bool IsEmpty(const SeriesData& data) { return data.times.empty() && data.histograms.empty(); }

model::TimeMs FirstOf(const SeriesData& data) {
  model::TimeMs first = model::kMaxTimeMs;
  if (!data.times.empty()) first = data.times.front();
  if (!data.histograms.empty()) first = std::min(first, data.histograms.front().time);
  return first;
}

model::TimeMs LastOf(const SeriesData& data) {
  model::TimeMs last = model::kMinTimeMs;
  if (!data.times.empty()) last = data.times.back();
  if (!data.histograms.empty()) last = std::max(last, data.histograms.back().time);
  return last;
}

void Append(const SeriesData& after, SeriesData& data) {
  data.times.insert(data.times.end(), after.times.begin(), after.times.end());
  data.values.insert(data.values.end(), after.values.begin(), after.values.end());
  data.start_times.insert(data.start_times.end(), after.start_times.begin(),
                          after.start_times.end());
  data.histograms.insert(data.histograms.end(), after.histograms.begin(), after.histograms.end());
}

// Float samples of `a` and `b`, no time of which is in both.
void InterleaveFloats(const SeriesData& a, const SeriesData& b, SeriesData& out) {
  const size_t count = a.times.size() + b.times.size();
  out.times.reserve(count);
  out.values.reserve(count);
  const bool has_starts = !a.start_times.empty() || !b.start_times.empty();
  if (has_starts) out.start_times.reserve(count);
  size_t i = 0;
  size_t j = 0;
  while (out.times.size() < count) {
    const bool is_a = j == b.times.size() || (i < a.times.size() && a.times[i] < b.times[j]);
    const SeriesData& from = is_a ? a : b;
    const size_t at = is_a ? i++ : j++;
    out.times.push_back(from.times[at]);
    out.values.push_back(from.values[at]);
    if (has_starts) out.start_times.push_back(from.start_times[at]);
  }
}

void DropTimesOf(const SeriesData& other, SeriesData& data) {
  TimesOf taken(other);
  DropFloats(data, [&](model::TimeMs time) { return taken.Contains(time); });
  TimesOf histogram_taken(other);
  std::erase_if(data.histograms, [&](const HistogramSample& sample) {
    return histogram_taken.Contains(sample.time);
  });
}

}  // namespace

void ClearColumns(SeriesData& data) {
  data.times.clear();
  data.values.clear();
  data.start_times.clear();
  data.histograms.clear();
}

void CutToRange(model::TimeRange range, SeriesData& data) {
  if (IsEmpty(data) || (FirstOf(data) >= range.start && LastOf(data) <= range.end)) return;
  if (range.start > range.end) return ClearColumns(data);
  const auto cut = [](auto& column, size_t begin, size_t end) {
    if (column.empty()) return;
    column.resize(end);
    column.erase(column.begin(), column.begin() + static_cast<ptrdiff_t>(begin));
  };
  const auto first = std::ranges::lower_bound(data.times, range.start);
  const auto last = std::ranges::upper_bound(data.times, range.end);
  const auto begin = static_cast<size_t>(first - data.times.begin());
  const auto end = static_cast<size_t>(last - data.times.begin());
  cut(data.start_times, begin, end);
  cut(data.values, begin, end);
  cut(data.times, begin, end);
  std::erase_if(data.histograms,
                [&](const HistogramSample& sample) { return !range.Contains(sample.time); });
}

void CutToRange(model::TimeRange range, std::vector<model::Exemplar>& exemplars) {
  std::erase_if(exemplars,
                [&](const model::Exemplar& exemplar) { return !range.Contains(exemplar.time); });
}

void MergeColumns(SeriesData& newer, SeriesData& older) {
  if (IsEmpty(newer)) return;
  if (newer.start_times.empty() && !older.start_times.empty()) {
    newer.start_times.resize(newer.times.size());
  } else if (older.start_times.empty() && !newer.start_times.empty()) {
    older.start_times.resize(older.times.size());
  }
  if (IsEmpty(older) || LastOf(older) < FirstOf(newer)) return Append(newer, older);
  DropTimesOf(older, newer);
  SeriesData merged;
  InterleaveFloats(older, newer, merged);
  merged.histograms.reserve(older.histograms.size() + newer.histograms.size());
  std::merge(older.histograms.begin(), older.histograms.end(), newer.histograms.begin(),
             newer.histograms.end(), std::back_inserter(merged.histograms),
             [](const auto& a, const auto& b) { return a.time < b.time; });
  merged.labels = std::move(older.labels);
  older = std::move(merged);
}

void MergeExemplars(std::vector<model::Exemplar>& newer, std::vector<model::Exemplar>& older) {
  if (newer.empty()) return;
  const size_t middle = older.size();
  const bool is_after = middle == 0 || older.back().time < newer.front().time;
  std::move(newer.begin(), newer.end(), std::back_inserter(older));
  if (is_after) return;
  std::inplace_merge(older.begin(), older.begin() + static_cast<ptrdiff_t>(middle), older.end(),
                     [](const auto& a, const auto& b) { return a.time < b.time; });
  // Equal ones have equal times, so they are in one run; runs are short.
  size_t kept = 0;
  for (size_t i = 0; i < older.size(); ++i) {
    bool is_repeat = false;
    for (size_t j = kept; j > 0 && older[j - 1].time == older[i].time && !is_repeat; --j) {
      is_repeat = storage::SameBits(older[j - 1], older[i]);
    }
    if (is_repeat) continue;
    if (kept != i) older[kept] = std::move(older[i]);
    ++kept;
  }
  older.resize(kept);
}

}  // namespace glint::tsdb
