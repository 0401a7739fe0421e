// The metric store on disk: a log of what arrived, a head in memory, and immutable part files.
//
// What Append() acknowledged is in the log (wal::AckMode says against what that holds). When the
// head has grown, or an hour has passed, it is written out as parts, one a partition of time; once
// MANIFEST says that they are live, the log before is superfluous. Parts are united by compaction,
// and go by retention, whole.
//
// One thread of its own writes out, compacts and lets go. Thread-safe.
#pragma once

#include <absl/base/thread_annotations.h>

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <span>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "base/file.h"
#include "base/mutex.h"
#include "storage/exemplar_reader.h"
#include "storage/metric_admin.h"
#include "storage/metric_reader.h"
#include "storage/metric_writer.h"
#include "storage/pins.h"
#include "tsdb/batch_log.h"
#include "tsdb/head.h"
#include "tsdb/manifest.h"
#include "tsdb/part_set.h"
#include "wal/group_commit.h"
#include "wal/log.h"

namespace glint::tsdb {

struct MetricStoreOptions {
  std::string folder;  // Of its own; whoever opens it holds the DirectoryLock of the data folder.
  int64_t retention_ms = 15ll * 24 * 60 * 60 * 1000;
  uint64_t max_part_bytes = 0;  // Parts on disk; beyond it the oldest go. 0: no limit.
  // How far behind the newest sample of its series one may come. Negative: as it likes.
  int64_t out_of_order_ms = 60 * 60 * 1000;
  uint64_t max_series = 10'000'000;  // In the head.
  // The head is written out when it, or its log, has as much, or is as old.
  uint64_t max_head_bytes = 256 << 20;
  uint64_t max_log_bytes = 256 << 20;
  int64_t max_head_age_ms = 60 * 60 * 1000;
  wal::AckMode ack = wal::AckMode::kSynced;
  uint64_t segment_bytes = 64 << 20;
  int64_t patience_ms = 50;                // What AppendSoon() gathers for.
  FileSystem* files = &PosixFileSystem();  // These two outlive the store.
  const Clock* clock = &SystemClock();
  // How often the store's thread calls Maintain(); 0: there is no thread, the owner calls it.
  int64_t maintenance_interval_ms = 10'000;
};

struct MetricStoreStats {
  storage::AppendCounts appended;  // Since the start, replay not included.
  HeadStats head;
  uint64_t refused_batches = 0;  // UNAVAILABLE: the disk.

  uint64_t log_bytes = 0;
  uint64_t log_segments = 0;
  uint64_t log_syncs = 0;
  uint64_t log_writes = 0;
  uint64_t replayed_records = 0;
  uint64_t replayed_samples = 0;
  int64_t replay_ms = 0;
  uint64_t unreadable_records = 0;  // Damaged, or not decodable, at the start.
  uint64_t unresolved_samples = 0;  // Their series' definition was in a damaged record.
  uint64_t quarantined_bytes = 0;

  uint64_t parts = 0;
  uint64_t part_bytes = 0;
  uint64_t part_sample_bytes = 0;
  uint64_t part_index_bytes = 0;
  uint64_t part_exemplar_bytes = 0;
  uint64_t part_series = 0;  // Summed over parts.
  uint64_t part_samples = 0;
  uint64_t part_exemplars = 0;
  uint64_t unreadable_parts = 0;
  uint64_t tombstones = 0;
  uint64_t flushes = 0;
  uint64_t failed_flushes = 0;
  uint64_t flushed_bytes = 0;
  uint64_t compactions = 0;
  uint64_t failed_compactions = 0;
  uint64_t compacted_bytes = 0;  // Written by compactions.
  double compaction_seconds = 0;
  uint64_t deleted_samples = 0;    // Freed by compaction.
  uint64_t thinned_exemplars = 0;  // By age, in the head and in compactions.
  uint64_t dropped_parts = 0;      // By retention.
  uint64_t dropped_part_samples = 0;
  uint64_t forgotten_series = 0;  // In the head: nobody used them any more.
};

class MetricStore final : public storage::MetricWriter,
                          public storage::MetricReader,
                          public storage::ExemplarReader,
                          public storage::MetricAdmin,
                          public storage::Pins {
 public:
  // Maps the parts and replays what of the log is not in them. A part that cannot be read is left
  // out and named. Errors as wal::Log::Open() and Manifest::Open().
  static StatusOr<std::unique_ptr<MetricStore>> Open(const MetricStoreOptions& options);
  ~MetricStore() override;

  // From now on Resolve() and Append() are UNAVAILABLE; those under way end first. What is in the
  // head goes into parts, so that the next start has nothing to replay. Reading goes on.
  void Shutdown();

  StatusOr<std::vector<model::SeriesRef>> Resolve(std::span<const model::Labels> series) override;
  StatusOr<storage::AppendCounts> Append(storage::MetricBatch batch) override;
  void AppendSoon(storage::MetricBatch batch, storage::AppendDone done) override;

  StatusOr<std::unique_ptr<storage::SeriesCursor>> Select(const storage::SeriesQuery& query,
                                                          QueryBudget& budget) const override;
  StatusOr<std::vector<model::Labels>> Series(const storage::SeriesQuery& query, size_t limit,
                                              QueryBudget& budget) const override;
  StatusOr<std::vector<std::string>> LabelNames(const storage::SeriesQuery& query, size_t limit,
                                                QueryBudget& budget) const override;
  StatusOr<std::vector<std::string>> LabelValues(const std::string& name,
                                                 const storage::SeriesQuery& query, size_t limit,
                                                 QueryBudget& budget) const override;
  std::vector<model::MetricMetadata> Metadata(const std::string& family) const override;
  StatusOr<std::vector<model::SeriesExemplars>> SelectExemplars(const storage::ExemplarQuery& query,
                                                                QueryBudget& budget) const override;
  std::vector<bool> ArePinned(std::span<const model::TraceId> ids) const override;

  Status Delete(const std::vector<std::vector<model::Matcher>>& any_of,
                model::TimeRange time) override;
  Status CleanTombstones() override;
  StatusOr<std::string> Snapshot() override;

  // Applies the retention, writes the head out when it is time, compacts what is worth it.
  void Maintain();
  // Writes the head out now. UNAVAILABLE: the disk; what was in the head stays there.
  Status Flush();

  MetricStoreStats Stats() const;
  // What was found damaged, at the start and since: file, offset, reason.
  std::vector<std::string> damage() const;

 private:
  struct Pending {
    storage::MetricBatch batch;
    StatusOr<storage::AppendCounts> result = storage::AppendCounts();
    storage::AppendDone done;  // Of those that were posted.
  };
  // Refs of the log segment that is being replayed, as this process knows them.
  struct Replay {
    uint64_t segment = 0;
    BatchLogReader reader;
    std::unordered_map<uint64_t, model::SeriesRef> refs;
  };
  // Names or values of labels, as they are looked for.
  struct LabelTextsQuery {
    std::function<StatusOr<std::vector<std::string>>(const Part&)> candidates_of;
    std::function<model::Matcher(const std::string& candidate)> matcher_of;
    std::function<void(const storage::SeriesQuery&, std::set<std::string>&)> add_from_head;
  };
  // Everything that a query reads, at one moment.
  struct Snapshotted {
    std::shared_ptr<const PartSet> parts;
    std::vector<HeadSeries> head;
  };

  explicit MetricStore(const MetricStoreOptions& options);

  void Commit(std::span<Pending* const> group);
  void CommitStaged(std::span<Pending* const> group, std::vector<StagedBatch>& staged,
                    std::span<const size_t> origin, uint64_t segment, model::TimeMs now);
  Status WritePreamble(uint64_t segment);
  bool IsTimeToFlush(model::TimeMs now) const;

  Status OpenParts(const std::vector<std::string>& damage)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(work_mutex_);
  void ReplayRecord(const wal::RecordView& record, Replay& replay);
  void Define(std::span<const LoggedBatch::Definition> definitions, Replay& replay);
  void ReplayBatch(storage::MetricBatch batch, Replay& replay);

  // These run one at a time, under work_mutex_.
  Status FlushLocked() ABSL_EXCLUSIVE_LOCKS_REQUIRED(work_mutex_);
  Status FlushFrozen() ABSL_EXCLUSIVE_LOCKS_REQUIRED(work_mutex_);
  // Those in `ids` are on the disk, on an error too.
  Status WriteFrozen(std::vector<std::shared_ptr<const Part>>& written, std::vector<uint64_t>& ids)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(work_mutex_);
  void ApplyRetention(model::TimeMs now) ABSL_EXCLUSIVE_LOCKS_REQUIRED(work_mutex_);
  Status CompactAll(bool clean) ABSL_EXCLUSIVE_LOCKS_REQUIRED(work_mutex_);
  Status CompactOnce(const CompactionPlan& plan) ABSL_EXCLUSIVE_LOCKS_REQUIRED(work_mutex_);
  // Of a change that is refused, the parts that it adds are discarded.
  Status MakeDurable(const ManifestChange& change) ABSL_EXCLUSIVE_LOCKS_REQUIRED(work_mutex_);
  void Discard(const std::vector<uint64_t>& parts);
  // Makes the change durable, then visible: `added` come, those that it removes go.
  Status Change(const ManifestChange& change, std::vector<std::shared_ptr<const Part>> added)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(work_mutex_);
  void DropLogBefore(uint64_t segment);

  StatusOr<std::vector<std::string>> LabelTexts(const LabelTextsQuery& wanted,
                                                const storage::SeriesQuery& query, size_t limit,
                                                QueryBudget& budget) const;
  std::shared_ptr<const PartSet> parts() const;
  Snapshotted TakeSnapshot(const storage::SeriesQuery& query) const;
  void NoteDamage(const std::vector<std::string>& damage) const;
  void Work(const std::stop_token& stop);

  const MetricStoreOptions options_;
  Head head_;
  std::unique_ptr<wal::Log> log_;
  std::atomic<bool> is_shut_ = false;

  // Of the committing thread alone.
  BatchLogWriter batch_log_;
  uint64_t prepared_segment_ = 0;  // Floor and metadata are logged in it.

  Mutex work_mutex_;
  std::unique_ptr<Manifest> manifest_ ABSL_GUARDED_BY(work_mutex_);
  // What is frozen is all that segments before this one have; 0: nothing is frozen.
  uint64_t frozen_until_segment_ ABSL_GUARDED_BY(work_mutex_) = 0;
  // Of changes that MANIFEST refused, but may hold until its next one.
  std::vector<uint64_t> refused_parts_ ABSL_GUARDED_BY(work_mutex_);
  model::TimeMs compact_again_ ABSL_GUARDED_BY(work_mutex_) = 0;  // Not before, after a failure.
  std::stop_source stop_;

  // Held while parts come and what they were written from goes, so that a query sees one of them.
  mutable Mutex view_mutex_;
  std::shared_ptr<const PartSet> parts_ ABSL_GUARDED_BY(view_mutex_);

  mutable Mutex stats_mutex_;
  MetricStoreStats stats_ ABSL_GUARDED_BY(stats_mutex_);  // What is counted here.
  mutable std::vector<std::string> damage_ ABSL_GUARDED_BY(stats_mutex_);

  std::atomic<model::TimeMs> head_since_ = 0;  // When the head was last empty.
  std::mutex wake_mutex_;
  std::condition_variable_any wake_;
  bool is_woken_ = false;  // Guarded by wake_mutex_.

  wal::GroupCommit<Pending> commits_;  // After all that a commit touches.
  std::jthread maintenance_;           // Last: it ends first.
};

}  // namespace glint::tsdb
