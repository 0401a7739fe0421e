#include <algorithm>
#include <set>
#include <utility>

#include "storage/exemplar_spread.h"
#include "storage/memory_metrics.h"

namespace glint::storage {
namespace {

using model::TimeMs;
using model::TimeRange;

constexpr size_t kSeriesPerBlock = 256;
constexpr uint64_t kSamplesPerBlock = 1 << 19;
constexpr size_t kSeriesPerCheck = 1024;

struct Slice {
  ptrdiff_t begin;
  ptrdiff_t end;
  bool empty() const { return begin >= end; }
};

Slice FloatsIn(const SeriesData& data, TimeRange range) {
  const auto begin = std::lower_bound(data.times.begin(), data.times.end(), range.start);
  const auto end = std::upper_bound(data.times.begin(), data.times.end(), range.end);
  return {begin - data.times.begin(), end - data.times.begin()};
}

Slice HistogramsIn(const SeriesData& data, TimeRange range) {
  const auto& held = data.histograms;
  const auto begin =
      std::lower_bound(held.begin(), held.end(), range.start,
                       [](const HistogramSample& sample, TimeMs t) { return sample.time < t; });
  const auto end =
      std::upper_bound(held.begin(), held.end(), range.end,
                       [](TimeMs t, const HistogramSample& sample) { return t < sample.time; });
  return {begin - held.begin(), end - held.begin()};
}

template <typename T>
std::vector<T> Copy(const std::vector<T>& column, Slice slice) {
  if (column.empty() || slice.empty()) return {};
  return std::vector<T>(column.begin() + slice.begin, column.begin() + slice.end);
}

SeriesData CopyIn(const SeriesData& data, TimeRange range) {
  const Slice floats = FloatsIn(data, range);
  SeriesData out;
  out.labels = data.labels;
  out.times = Copy(data.times, floats);
  out.values = Copy(data.values, floats);
  out.start_times = Copy(data.start_times, floats);
  const bool none_known = std::all_of(out.start_times.begin(), out.start_times.end(),
                                      [](TimeMs start) { return start == 0; });
  if (none_known) out.start_times.clear();
  out.histograms = Copy(data.histograms, HistogramsIn(data, range));
  return out;
}

class MemoryCursor final : public SeriesCursor {
 public:
  MemoryCursor(std::vector<std::shared_ptr<const SeriesData>> series, TimeRange range,
               QueryBudget& budget)
      : series_(std::move(series)), range_(range), budget_(budget) {}

  StatusOr<SeriesBlock> Next() override {
    RETURN_IF_ERROR(budget_.Check());
    SeriesBlock block;
    uint64_t samples = 0;
    while (next_ < series_.size() && block.series.size() < kSeriesPerBlock &&
           samples < kSamplesPerBlock) {
      SeriesData data = CopyIn(*series_[next_], range_);
      series_[next_++].reset();
      const uint64_t count = data.times.size() + data.histograms.size();
      RETURN_IF_ERROR(budget_.Charge(BytesOf(data), count));
      samples += count;
      block.series.push_back(std::move(data));
    }
    return block;
  }

 private:
  std::vector<std::shared_ptr<const SeriesData>> series_;  // Given up once read.
  const TimeRange range_;
  QueryBudget& budget_;
  size_t next_ = 0;
};

bool LabelsLess(const SeriesData& a, const SeriesData& b) { return *a.labels < *b.labels; }

std::vector<std::string> FirstOf(const std::set<std::string_view>& names, size_t limit) {
  std::vector<std::string> out;
  for (const std::string_view name : names) {
    if (limit > 0 && out.size() == limit) break;
    out.emplace_back(name);
  }
  return out;
}

}  // namespace

std::vector<const MemoryMetrics::Entry*> MemoryMetrics::Matching(const SeriesQuery& query) const {
  std::vector<const Entry*> out;
  for (const model::SeriesRef ref : postings_.Select(query.series)) {
    const Entry& entry = series_.at(ref);
    if (!FloatsIn(*entry.data, query.time).empty() ||
        !HistogramsIn(*entry.data, query.time).empty()) {
      out.push_back(&entry);
    }
  }
  std::sort(out.begin(), out.end(),
            [](const Entry* a, const Entry* b) { return LabelsLess(*a->data, *b->data); });
  return out;
}

StatusOr<std::unique_ptr<SeriesCursor>> MemoryMetrics::Select(const SeriesQuery& query,
                                                              QueryBudget& budget) const {
  RETURN_IF_ERROR(budget.Check());
  std::vector<std::shared_ptr<const SeriesData>> selected;
  {
    const MutexLock lock(&mutex_);  // It marks entries as shown: a reader's lock is not enough.
    for (const Entry* entry : Matching(query)) {
      entry->shown = true;
      selected.push_back(entry->data);
    }
  }
  return std::unique_ptr<SeriesCursor>(
      std::make_unique<MemoryCursor>(std::move(selected), query.time, budget));
}

StatusOr<std::vector<model::Labels>> MemoryMetrics::Series(const SeriesQuery& query, size_t limit,
                                                           QueryBudget& budget) const {
  RETURN_IF_ERROR(budget.Check());
  const ReaderMutexLock lock(&mutex_);
  std::vector<model::Labels> out;
  for (const Entry* entry : Matching(query)) {
    if (limit > 0 && out.size() == limit) break;
    if (out.size() % kSeriesPerCheck == 0) RETURN_IF_ERROR(budget.Check());
    out.push_back(*entry->data->labels);
  }
  return out;
}

StatusOr<std::vector<std::string>> MemoryMetrics::LabelNames(const SeriesQuery& query, size_t limit,
                                                             QueryBudget& budget) const {
  RETURN_IF_ERROR(budget.Check());
  const ReaderMutexLock lock(&mutex_);
  std::set<std::string_view> names;
  for (const Entry* entry : Matching(query)) {
    for (const model::Label& label : *entry->data->labels) names.insert(label.name);
  }
  return FirstOf(names, limit);
}

StatusOr<std::vector<std::string>> MemoryMetrics::LabelValues(const std::string& name,
                                                              const SeriesQuery& query,
                                                              size_t limit,
                                                              QueryBudget& budget) const {
  RETURN_IF_ERROR(budget.Check());
  const ReaderMutexLock lock(&mutex_);
  std::set<std::string_view> values;
  for (const Entry* entry : Matching(query)) {
    const std::string_view value = entry->data->labels->Get(name);
    if (!value.empty()) values.insert(value);
  }
  return FirstOf(values, limit);
}

std::vector<model::MetricMetadata> MemoryMetrics::Metadata(const std::string& family) const {
  const ReaderMutexLock lock(&mutex_);
  if (!family.empty()) {
    const auto found = metadata_.find(family);
    return found == metadata_.end() ? std::vector<model::MetricMetadata>() : found->second;
  }
  std::vector<model::MetricMetadata> out;
  for (const auto& [name, held] : metadata_) out.insert(out.end(), held.begin(), held.end());
  return out;
}

StatusOr<std::vector<model::SeriesExemplars>> MemoryMetrics::SelectExemplars(
    const ExemplarQuery& query, QueryBudget& budget) const {
  RETURN_IF_ERROR(budget.Check());
  std::vector<model::SeriesExemplars> out;
  uint64_t bytes = 0;
  {
    const ReaderMutexLock lock(&mutex_);
    std::set<model::SeriesRef> refs;
    if (query.any_of.empty()) {
      for (const auto& [ref, entry] : series_) refs.insert(ref);
    }
    for (const std::vector<model::Matcher>& matchers : query.any_of) {
      for (const model::SeriesRef ref : postings_.Select(matchers)) refs.insert(ref);
    }
    for (const model::SeriesRef ref : refs) {
      const Entry& entry = series_.at(ref);
      model::SeriesExemplars found;
      for (const model::Exemplar& exemplar : entry.exemplars) {
        if (query.time.Contains(exemplar.time)) found.exemplars.push_back(exemplar);
      }
      if (found.exemplars.empty()) continue;
      const uint64_t taken = found.exemplars.size() * sizeof(model::Exemplar);
      RETURN_IF_ERROR(budget.Charge(taken));
      bytes += taken;
      found.series = *entry.data->labels;
      out.push_back(std::move(found));
    }
  }
  std::sort(out.begin(), out.end(),
            [](const auto& a, const auto& b) { return a.series < b.series; });
  SpreadExemplars(query.limit, out);
  budget.Release(bytes);
  return out;
}

uint64_t MemoryMetrics::series_count() const {
  const ReaderMutexLock lock(&mutex_);
  return series_.size();
}

uint64_t MemoryMetrics::bytes() const {
  const ReaderMutexLock lock(&mutex_);
  uint64_t bytes = 0;
  for (const auto& [ref, entry] : series_) {
    bytes += BytesOf(*entry.data) + entry.exemplars.size() * sizeof(model::Exemplar);
    for (const model::Label& label : *entry.data->labels) {
      bytes += sizeof(label) + label.name.size() + label.value.size();
    }
  }
  return bytes;
}

}  // namespace glint::storage
