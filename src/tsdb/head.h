// All series in memory: found by ref when written, by labels when read.
//
// Writing is for one thread at a time (the leader of a commit), reading for many: a query takes
// views of its series under the lock and decodes them outside. One lock a batch, none a sample.
//
// Thread-safe, but for what says "writer only".
#pragma once

#include <absl/base/thread_annotations.h>

#include <array>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/mutex.h"
#include "base/query_budget.h"
#include "codec/metric_record.h"
#include "model/series_ref.h"
#include "storage/exemplar_reader.h"
#include "storage/memory_metrics.h"
#include "storage/metric_batch.h"
#include "storage/metric_reader.h"
#include "storage/postings.h"
#include "tsdb/head_series.h"

namespace glint::tsdb {

struct HeadStats {
  uint64_t series = 0;
  uint64_t active_series = 0;  // Written to within the last five minutes.
  uint64_t exemplars = 0;
  uint64_t bytes = 0;  // What samples, exemplars and labels take; indexes come on top.
};
inline constexpr int64_t kActiveMs = 5 * 60 * 1000;

class Head {
 public:
  // RESOURCE_EXHAUSTED: there would be more than `max_series`; none is made known.
  StatusOr<std::vector<model::SeriesRef>> Resolve(std::span<const model::Labels> series,
                                                  model::TimeMs now, uint64_t max_series);

  // Writer only. Keeps the series of these refs for another lifetime, and adds to `record` the
  // definitions that log segment `segment` does not have yet.
  // NOT_FOUND: a ref is not known.
  Status Define(const storage::MetricBatch& batch, uint64_t segment, model::TimeMs now,
                std::vector<codec::SeriesDefinition>& definitions);
  // Writer only. Those definitions were not written after all.
  void Undefine(const std::vector<codec::SeriesDefinition>& definitions);

  // Writer only. `written` is for HeadStats::active_series. REQUIRES: every ref is known.
  storage::AppendCounts Apply(codec::MetricRecord record, model::TimeMs written);

  // Writer only. Lets what is before `time` go and takes none of that age in from now on. Series
  // with nothing left go too, once their refs have expired.
  storage::MetricDrops DropBefore(model::TimeMs time, model::TimeMs now);
  // The time before which to drop, so that about `bytes` are freed.
  model::TimeMs TimeToFree(uint64_t bytes) const;
  model::TimeMs floor() const;

  // Series with a sample in the range, ascending in labels.
  std::vector<SeriesView> Select(const storage::SeriesQuery& query) const;
  std::vector<std::shared_ptr<const model::Labels>> Series(const storage::SeriesQuery& query) const;
  StatusOr<std::vector<model::SeriesExemplars>> SelectExemplars(const storage::ExemplarQuery& query,
                                                                QueryBudget& budget) const;
  std::vector<model::MetricMetadata> Metadata(const std::string& family) const;
  // Entries of `metadata` that are not held yet.
  std::vector<model::MetricMetadata> NewMetadata(std::vector<model::MetricMetadata> metadata) const;
  std::vector<bool> ArePinned(std::span<const model::TraceId> ids) const;

  uint64_t bytes() const;
  HeadStats Stats(model::TimeMs now) const;

 private:
  static constexpr size_t kPage = 1024;
  struct Page {
    std::array<std::unique_ptr<HeadSeries>, kPage> series;
    size_t held = 0;
  };
  struct LabelsOfPointer {
    size_t operator()(const model::Labels* labels) const { return labels->Hash(); }
    bool operator()(const model::Labels* a, const model::Labels* b) const { return *a == *b; }
  };

  // Null when not known.
  HeadSeries* Find(model::SeriesRef ref) const ABSL_SHARED_LOCKS_REQUIRED(mutex_);
  void AddSeries(model::SeriesRef ref, const model::Labels& labels, model::TimeMs now)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void RemoveSeries(std::span<const storage::Postings::Entry> gone)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void ForEach(const std::function<void(model::SeriesRef, HeadSeries&)>& visit) const
      ABSL_SHARED_LOCKS_REQUIRED(mutex_);
  void ApplySamples(const codec::MetricRecord& record, model::TimeMs written,
                    storage::AppendCounts& counts) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void ApplyHistograms(codec::MetricRecord& record, model::TimeMs written,
                       storage::AppendCounts& counts) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void ApplyExemplars(codec::MetricRecord& record, model::TimeMs now, storage::AppendCounts& counts)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void ApplyMetadata(std::vector<model::MetricMetadata> metadata)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Ascending in labels.
  std::vector<const HeadSeries*> Matching(const storage::SeriesQuery& query) const
      ABSL_SHARED_LOCKS_REQUIRED(mutex_);
  model::TimeRange Visible(model::TimeRange range) const ABSL_SHARED_LOCKS_REQUIRED(mutex_);

  mutable Mutex mutex_;
  // By ref; a page whose series are all gone is null. Refs are never used twice.
  std::vector<std::unique_ptr<Page>> pages_ ABSL_GUARDED_BY(mutex_);
  uint64_t next_ref_ ABSL_GUARDED_BY(mutex_) = 1;
  uint64_t series_count_ ABSL_GUARDED_BY(mutex_) = 0;
  // Keys point into the series.
  std::unordered_map<const model::Labels*, model::SeriesRef, LabelsOfPointer, LabelsOfPointer> refs_
      ABSL_GUARDED_BY(mutex_);
  storage::Postings postings_ ABSL_GUARDED_BY(mutex_);
  model::TimeMs floor_ ABSL_GUARDED_BY(mutex_) = model::kMinTimeMs;
  std::map<std::string, std::vector<model::MetricMetadata>> metadata_ ABSL_GUARDED_BY(mutex_);
  // How many stored exemplars name the trace; never 0.
  std::unordered_map<model::TraceId, uint64_t, model::IdHash> pins_ ABSL_GUARDED_BY(mutex_);
  std::set<model::SeriesRef> with_exemplars_ ABSL_GUARDED_BY(mutex_);
  uint64_t exemplars_ ABSL_GUARDED_BY(mutex_) = 0;
  uint64_t bytes_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace glint::tsdb
