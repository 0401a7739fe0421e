#include "tsdb/merge_source.h"

#include <algorithm>
#include <compare>
#include <iterator>
#include <tuple>

#include "tsdb/merge_columns.h"

namespace glint::tsdb {

MergeSource::MergeSource(std::vector<MergeInput> inputs, const MergeLimits& limits,
                         std::stop_token stop)
    : inputs_(std::move(inputs)), limits_(limits), stop_(std::move(stop)) {
  FindSeries();
  samples_counted_.resize(series_count());
  exemplars_counted_.resize(series_count());
  FindDensity();
}

// The smallest labels of what is left of each input, in a heap.
void MergeSource::FindSeries() {
  struct Head {
    model::Labels labels;
    Entry entry;
  };
  const auto is_after = [](const Head& a, const Head& b) {
    const auto order = a.labels <=> b.labels;
    return order != 0 ? order > 0 : a.entry.input > b.entry.input;
  };
  std::vector<Head> heads;
  for (uint32_t input = 0; input < inputs_.size(); ++input) {
    if (inputs_[input].source->series_count() == 0) continue;
    heads.push_back({inputs_[input].source->LabelsOf(0), {input, 0}});
  }
  std::make_heap(heads.begin(), heads.end(), is_after);
  model::Labels last;
  while (!heads.empty() && !stop_.stop_requested()) {
    std::pop_heap(heads.begin(), heads.end(), is_after);
    Head& head = heads.back();
    if (entries_.empty() || head.labels != last) first_entry_.push_back(entries_.size());
    entries_.push_back(head.entry);
    last = std::move(head.labels);
    const PartSource& source = *inputs_[head.entry.input].source;
    if (++head.entry.series == source.series_count()) {
      heads.pop_back();
      continue;
    }
    head.labels = source.LabelsOf(head.entry.series);
    std::push_heap(heads.begin(), heads.end(), is_after);
  }
  first_entry_.push_back(entries_.size());
}

void MergeSource::FindDensity() {
  uint64_t exemplars = 0;
  model::TimeRange time = {model::kMaxTimeMs, model::kMinTimeMs};
  for (const MergeInput& input : inputs_) {
    if (input.exemplars == 0) continue;
    exemplars += input.exemplars;
    time.start = std::min(time.start, input.time.start);
    time.end = std::max(time.end, input.time.end);
  }
  if (exemplars == 0) return;
  uint64_t series = 0;
  for (size_t i = 0; i < series_count(); ++i) series += MayHaveExemplars(i) ? 1 : 0;
  density_ = DensityOf(exemplars, series, time);
}

std::span<const MergeSource::Entry> MergeSource::EntriesOf(size_t i) const {
  return std::span(entries_).subspan(first_entry_[i], first_entry_[i + 1] - first_entry_[i]);
}

std::span<const model::TimeRange> MergeSource::DeletedIn(const Entry& entry) const {
  const std::vector<DeletedSeries>& deleted = inputs_[entry.input].deleted;
  const auto found = std::ranges::lower_bound(deleted, entry.series, {}, &DeletedSeries::series);
  if (found == deleted.end() || found->series != entry.series) return {};
  return found->ranges;
}

Status MergeSource::CheckStop() const {
  if (stop_.stop_requested()) return Cancelled("the compaction was stopped");
  return OkStatus();
}

model::Labels MergeSource::LabelsOf(size_t i) const {
  const Entry& entry = EntriesOf(i).front();
  return inputs_[entry.input].source->LabelsOf(entry.series);
}

Status MergeSource::ReadSamples(size_t i, storage::SeriesData& out) {
  RETURN_IF_ERROR(CheckStop());
  uint64_t deleted = 0;
  bool is_first = true;
  for (const Entry& entry : EntriesOf(i)) {
    storage::SeriesData& columns = is_first ? out : columns_;
    RETURN_IF_ERROR(inputs_[entry.input].source->ReadSamples(entry.series, columns));
    CutToRange({limits_.floor, model::kMaxTimeMs}, columns);
    deleted += CutDeleted(DeletedIn(entry), columns);
    if (!is_first) MergeColumns(columns_, out);
    is_first = false;
  }
  if (!samples_counted_[i]) counts_.deleted_samples += deleted;
  samples_counted_[i] = true;
  return OkStatus();
}

Status MergeSource::ReadExemplars(size_t i, std::vector<model::Exemplar>& out) {
  RETURN_IF_ERROR(CheckStop());
  out.clear();
  uint64_t deleted = 0;
  for (const Entry& entry : EntriesOf(i)) {
    PartSource& source = *inputs_[entry.input].source;
    if (!source.MayHaveExemplars(entry.series)) continue;
    RETURN_IF_ERROR(source.ReadExemplars(entry.series, exemplars_));
    CutToRange({limits_.floor, model::kMaxTimeMs}, exemplars_);
    deleted += CutDeleted(DeletedIn(entry), exemplars_);
    MergeExemplars(exemplars_, out);
  }
  const size_t thinned = ThinExemplars(limits_.now, density_, out);
  if (!exemplars_counted_[i]) {
    counts_.deleted_exemplars += deleted;
    counts_.thinned_exemplars += thinned;
  }
  exemplars_counted_[i] = true;
  return OkStatus();
}

bool MergeSource::MayHaveExemplars(size_t i) const {
  return std::ranges::any_of(EntriesOf(i), [&](const Entry& entry) {
    return inputs_[entry.input].source->MayHaveExemplars(entry.series);
  });
}

std::vector<model::MetricMetadata> MergeSource::Metadata() const {
  std::vector<model::MetricMetadata> out;
  for (const MergeInput& input : inputs_) {
    std::vector<model::MetricMetadata> more = input.source->Metadata();
    std::move(more.begin(), more.end(), std::back_inserter(out));
  }
  const auto key = [](const model::MetricMetadata& metadata) {
    return std::tie(metadata.family, metadata.type, metadata.help, metadata.unit);
  };
  std::sort(out.begin(), out.end(), [&](const auto& a, const auto& b) { return key(a) < key(b); });
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

}  // namespace glint::tsdb
