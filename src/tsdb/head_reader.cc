#include <algorithm>

#include "storage/exemplar_spread.h"
#include "tsdb/head.h"

namespace glint::tsdb {

using model::SeriesRef;

// What is before the floor may still be there, in a chunk that reaches beyond it.
model::TimeRange Head::Visible(model::TimeRange range) const {
  return {std::max(range.start, floor_), range.end};
}

std::vector<const HeadSeries*> Head::Matching(const storage::SeriesQuery& query) const {
  const model::TimeRange range = Visible(query.time);
  std::vector<const HeadSeries*> out;
  for (const SeriesRef ref : postings_.Select(query.series)) {
    const HeadSeries* series = Find(ref);
    if (range.start <= range.end && series->HasSampleIn(range)) out.push_back(series);
  }
  std::sort(out.begin(), out.end(),
            [](const HeadSeries* a, const HeadSeries* b) { return *a->labels() < *b->labels(); });
  return out;
}

std::vector<SeriesView> Head::Select(const storage::SeriesQuery& query) const {
  std::vector<SeriesView> out;
  const ReaderMutexLock lock(&mutex_);
  for (const HeadSeries* series : Matching(query)) {
    out.push_back(series->View(Visible(query.time)));
  }
  return out;
}

std::vector<std::shared_ptr<const model::Labels>> Head::Series(
    const storage::SeriesQuery& query) const {
  std::vector<std::shared_ptr<const model::Labels>> out;
  const ReaderMutexLock lock(&mutex_);
  for (const HeadSeries* series : Matching(query)) out.push_back(series->labels());
  return out;
}

StatusOr<std::vector<model::SeriesExemplars>> Head::SelectExemplars(
    const storage::ExemplarQuery& query, QueryBudget& budget) const {
  std::vector<model::SeriesExemplars> out;
  uint64_t bytes = 0;
  {
    const ReaderMutexLock lock(&mutex_);
    std::set<SeriesRef> refs;
    if (query.any_of.empty()) refs = with_exemplars_;
    for (const std::vector<model::Matcher>& matchers : query.any_of) {
      for (const SeriesRef ref : postings_.Select(matchers)) refs.insert(ref);
    }
    for (const SeriesRef ref : refs) {
      const HeadSeries& series = *Find(ref);
      const auto& held = series.exemplars();
      if (held.empty()) continue;
      auto at = std::partition_point(held.begin(), held.end(), [&](const auto& exemplar) {
        return exemplar.time < query.time.start;
      });
      model::SeriesExemplars found;
      for (; at != held.end() && at->time <= query.time.end; ++at) found.exemplars.push_back(*at);
      if (found.exemplars.empty()) continue;
      const uint64_t taken = found.exemplars.size() * sizeof(model::Exemplar);
      RETURN_IF_ERROR(budget.Charge(taken));
      bytes += taken;
      found.series = *series.labels();
      out.push_back(std::move(found));
    }
  }
  std::sort(out.begin(), out.end(),
            [](const auto& a, const auto& b) { return a.series < b.series; });
  storage::SpreadExemplars(query.limit, out);
  budget.Release(bytes);
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

std::vector<bool> Head::ArePinned(std::span<const model::TraceId> ids) const {
  std::vector<bool> out;
  out.reserve(ids.size());
  const ReaderMutexLock lock(&mutex_);
  for (const model::TraceId& id : ids) out.push_back(pins_.count(id) > 0);
  return out;
}

}  // namespace glint::tsdb
