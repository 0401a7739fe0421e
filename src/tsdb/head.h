// What is not in parts yet: series by ref and by label, and two generations of samples and
// exemplars, the one that grows and the one that is being written out.
//
// Writing is for one thread at a time (the leader of a commit): Stage(), the log, Apply(). Reading
// is for many: a query takes views of its series under the lock and decodes them outside. One lock
// a batch, none a sample.
//
// Thread-safe, but for what says "writer only".
#pragma once

#include <absl/base/thread_annotations.h>

#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/mutex.h"
#include "base/query_budget.h"
#include "model/series_ref.h"
#include "storage/exemplar_reader.h"
#include "storage/memory_metrics.h"
#include "storage/metric_batch.h"
#include "storage/metric_reader.h"
#include "tsdb/batch_log.h"
#include "tsdb/head_generation.h"
#include "tsdb/part_source.h"
#include "tsdb/series_table.h"
#include "tsdb/staged_batch.h"

namespace glint::tsdb {

struct HeadStats {
  uint64_t series = 0;
  uint64_t active_series = 0;  // Written to within the last five minutes.
  uint64_t samples = 0;
  uint64_t chunks = 0;
  uint64_t exemplars = 0;
  uint64_t thinned_exemplars = 0;
  uint64_t bytes = 0;  // What samples, exemplars and labels take.
  uint64_t label_bytes = 0;
};
inline constexpr int64_t kActiveMs = 5 * 60 * 1000;

// A series of the head that a query selected.
struct HeadSeries {
  std::shared_ptr<const model::Labels> labels;
  HeadView view;
};

class Head {
 public:
  // RESOURCE_EXHAUSTED: there would be more than `max_series`; none is made known.
  StatusOr<std::vector<model::SeriesRef>> Resolve(std::span<const model::Labels> series,
                                                  model::TimeMs now, uint64_t max_series);

  struct StageOptions {
    uint64_t log_segment = 0;  // In which the batch will be written; 0: in none.
    model::TimeMs now = 0;
    // How far behind a series' newest sample another may come. Negative: as it likes.
    int64_t late_ms = -1;
    bool may_be_row = true;  // Not when a row of this sender is staged and not applied.
  };
  // Writer only. What of the batch will be stored, and how. Too old and too new ones are counted
  // and left out.
  // NOT_FOUND: a ref is not known.
  StatusOr<StagedBatch> Stage(storage::MetricBatch batch, const StageOptions& options);
  // Writer only. REQUIRES: staged since the last Freeze().
  storage::AppendCounts Apply(StagedBatch batch, model::TimeMs now);

  // Writer only. The record of a staged batch.
  std::string Encode(const StagedBatch& batch, uint64_t log_segment, BatchLogWriter& log) const;

  // Writer only. What was taken in up to now is from now on not touched any more; false when that
  // is nothing. REQUIRES: nothing is frozen.
  bool Freeze(model::TimeMs now);
  // What was frozen, to be written; lives until Thaw(). For one thread, beside all others.
  std::unique_ptr<PartSource> FrozenSource() const;
  // Of what was frozen; empty when there is nothing.
  model::TimeRange FrozenTime() const;
  // It is in parts now: lets it go, and series that nobody used for kRefLifetimeMs; the number of
  // those. Writer only.
  uint64_t Thaw(model::TimeMs now);
  // Writer only. Lets series go that nobody used for kRefLifetimeMs.
  uint64_t ForgetUnused(model::TimeMs now);

  // Writer only. What was written out was deleted since: exemplars of it are no repeats.
  void ForgetGoneExemplars();

  // Writer only. What is before is not taken in, and not shown, from now on.
  void SetFloor(model::TimeMs floor);
  model::TimeMs floor() const;

  // Series with a sample in the range, ascending in labels.
  std::vector<HeadSeries> Select(const storage::SeriesQuery& query) const;
  std::vector<std::shared_ptr<const model::Labels>> Series(const storage::SeriesQuery& query) const;
  // Those that match, ascending in labels; not thinned to the query's limit.
  StatusOr<std::vector<model::SeriesExemplars>> SelectExemplars(const storage::ExemplarQuery& query,
                                                                QueryBudget& budget) const;
  std::vector<model::MetricMetadata> Metadata(const std::string& family) const;
  void AddMetadata(std::vector<model::MetricMetadata> metadata);
  // Entries of `metadata` that are not held yet.
  std::vector<model::MetricMetadata> NewMetadata(std::vector<model::MetricMetadata> metadata) const;
  void MarkPinned(std::span<const model::TraceId> ids, std::vector<bool>& pinned) const;

  uint64_t sample_bytes() const;  // Of the growing generation: samples and exemplars.
  HeadStats Stats(model::TimeMs now) const;

 private:
  class Source;

  Status CheckRefs(const storage::MetricBatch& batch) const ABSL_SHARED_LOCKS_REQUIRED(mutex_);
  void StageRow(const StageOptions& options, storage::MetricBatch& batch, StagedBatch& staged)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void DropUnwanted(const StageOptions& options, StagedBatch& staged) const
      ABSL_SHARED_LOCKS_REQUIRED(mutex_);
  model::TimeMs NewestOf(HeadSlot slot) const ABSL_SHARED_LOCKS_REQUIRED(mutex_);

  void ApplyRow(StagedBatch& batch, model::TimeMs now, storage::AppendCounts& counts)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void ApplySamples(const storage::MetricBatch& batch, model::TimeMs now,
                    storage::AppendCounts& counts) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void ApplyHistograms(storage::MetricBatch& batch, model::TimeMs now,
                       storage::AppendCounts& counts) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void ApplyExemplars(const storage::MetricBatch& batch, model::TimeMs now,
                      storage::AppendCounts& counts) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void ApplyMetadata(std::vector<model::MetricMetadata> metadata)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // What is held at that time other than in the series' current side.
  storage::SeriesData HeldAt(HeadSlot slot, model::SeriesRef ref, model::TimeMs time) const
      ABSL_SHARED_LOCKS_REQUIRED(mutex_);

  model::TimeRange Visible(model::TimeRange range) const ABSL_SHARED_LOCKS_REQUIRED(mutex_);
  bool HasSampleIn(HeadSlot slot, model::TimeRange range, RowsViews& views) const
      ABSL_SHARED_LOCKS_REQUIRED(mutex_);
  // With a sample in the range, ascending in labels.
  std::vector<HeadSlot> Matching(const storage::SeriesQuery& query, RowsViews& views) const
      ABSL_SHARED_LOCKS_REQUIRED(mutex_);

  mutable Mutex mutex_;
  SeriesTable table_ ABSL_GUARDED_BY(mutex_);
  std::unique_ptr<HeadGeneration> current_ ABSL_GUARDED_BY(mutex_) =
      std::make_unique<HeadGeneration>();
  std::unique_ptr<const HeadGeneration> frozen_ ABSL_GUARDED_BY(mutex_);  // Null: none is.
  model::TimeMs frozen_at_ ABSL_GUARDED_BY(mutex_) = 0;
  model::TimeMs floor_ ABSL_GUARDED_BY(mutex_) = model::kMinTimeMs;
  std::map<std::string, std::vector<model::MetricMetadata>> metadata_ ABSL_GUARDED_BY(mutex_);
  uint64_t thinned_before_ ABSL_GUARDED_BY(mutex_) = 0;  // In generations that are gone.

  // Writer only: which slots a batch was seen to have, by its number.
  std::vector<uint32_t> seen_;
  uint32_t batch_number_ = 0;
};

}  // namespace glint::tsdb
