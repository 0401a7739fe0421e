#include <algorithm>
#include <set>

#include "storage/same_bits.h"
#include "tsdb/head.h"
#include "tsdb/sample_order.h"

namespace glint::tsdb {

using model::SeriesRef;

// What is before the floor may still be there, in a chunk that reaches beyond it.
model::TimeRange Head::Visible(model::TimeRange range) const {
  return {std::max(range.start, floor_), range.end};
}

bool Head::HasSampleIn(HeadSlot slot, model::TimeRange range, RowsViews& views) const {
  const SeriesRef ref = table_.RefOf(slot);
  return current_->HasSampleIn(slot, ref, range, views) ||
         (frozen_ != nullptr && frozen_->HasSampleIn(slot, ref, range, views));
}

std::vector<HeadSlot> Head::Matching(const storage::SeriesQuery& query, RowsViews& views) const {
  const model::TimeRange range = Visible(query.time);
  std::vector<HeadSlot> out;
  if (range.start > range.end) return out;
  out = table_.Select(query.series);
  std::erase_if(out, [&](HeadSlot slot) ABSL_NO_THREAD_SAFETY_ANALYSIS {
    return !HasSampleIn(slot, range, views);
  });
  table_.Sort(out);
  return out;
}

std::vector<HeadSeries> Head::Select(const storage::SeriesQuery& query) const {
  std::vector<HeadSeries> out;
  RowsViews views;
  const ReaderMutexLock lock(&mutex_);
  const model::TimeRange range = Visible(query.time);
  for (const HeadSlot slot : Matching(query, views)) {
    HeadSeries series;
    series.labels = std::make_shared<const model::Labels>(table_.LabelsOf(slot));
    const SeriesRef ref = table_.RefOf(slot);
    if (frozen_ != nullptr) frozen_->AddTo(slot, ref, range, views, series.view);
    current_->AddTo(slot, ref, range, views, series.view);
    out.push_back(std::move(series));
  }
  return out;
}

std::vector<std::shared_ptr<const model::Labels>> Head::Series(
    const storage::SeriesQuery& query) const {
  std::vector<std::shared_ptr<const model::Labels>> out;
  RowsViews views;
  const ReaderMutexLock lock(&mutex_);
  for (const HeadSlot slot : Matching(query, views)) {
    out.push_back(std::make_shared<const model::Labels>(table_.LabelsOf(slot)));
  }
  return out;
}

StatusOr<std::vector<model::SeriesExemplars>> Head::SelectExemplars(
    const storage::ExemplarQuery& query, QueryBudget& budget) const {
  std::vector<model::SeriesExemplars> out;
  const ReaderMutexLock lock(&mutex_);
  const model::TimeRange range = Visible(query.time);
  std::set<HeadSlot> selected;
  const auto gather = [&](const HeadGeneration& generation) {
    for (const HeadSlot slot : generation.exemplars().Series()) selected.insert(slot);
  };
  gather(*current_);
  if (frozen_ != nullptr) gather(*frozen_);
  if (!query.any_of.empty()) {
    std::set<HeadSlot> matching;
    for (const std::vector<model::Matcher>& matchers : query.any_of) {
      for (const HeadSlot slot : table_.Select(matchers)) {
        if (selected.count(slot) > 0) matching.insert(slot);
      }
    }
    selected = std::move(matching);
  }
  std::vector<HeadSlot> slots(selected.begin(), selected.end());
  table_.Sort(slots);
  for (const HeadSlot slot : slots) {
    model::SeriesExemplars found;
    if (frozen_ != nullptr) frozen_->exemplars().Read(slot, range, found.exemplars);
    current_->exemplars().Read(slot, range, found.exemplars);
    if (found.exemplars.empty()) continue;
    RETURN_IF_ERROR(budget.Charge(found.exemplars.size() * sizeof(model::Exemplar)));
    found.series = table_.LabelsOf(slot);
    out.push_back(std::move(found));
  }
  return out;
}

std::vector<model::MetricMetadata> Head::Metadata(const std::string& family) const {
  const ReaderMutexLock lock(&mutex_);
  if (!family.empty()) {
    const auto found = metadata_.find(family);
    return found == metadata_.end() ? std::vector<model::MetricMetadata>() : found->second;
  }
  std::vector<model::MetricMetadata> out;
  for (const auto& [name, held] : metadata_) out.insert(out.end(), held.begin(), held.end());
  return out;
}

std::vector<model::MetricMetadata> Head::NewMetadata(
    std::vector<model::MetricMetadata> metadata) const {
  const ReaderMutexLock lock(&mutex_);
  std::erase_if(metadata, [&](const model::MetricMetadata& entry) ABSL_NO_THREAD_SAFETY_ANALYSIS {
    const auto held = metadata_.find(entry.family);
    return held != metadata_.end() &&
           std::find(held->second.begin(), held->second.end(), entry) != held->second.end();
  });
  return metadata;
}

void Head::MarkPinned(std::span<const model::TraceId> ids, std::vector<bool>& pinned) const {
  const ReaderMutexLock lock(&mutex_);
  current_->exemplars().MarkPinned(ids, pinned);
  if (frozen_ != nullptr) frozen_->exemplars().MarkPinned(ids, pinned);
}

}  // namespace glint::tsdb
