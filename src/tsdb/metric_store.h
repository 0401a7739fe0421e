// The metric store on disk: a log that is replayed at the start, and all of it in memory.
//
// What Append() acknowledged is in the log (wal::AckMode says against what that holds). Each log
// segment defines the series that it uses, so segments older than the retention go as whole files.
// At the memory limit the oldest samples are let go first, never new ones refused; where that is
// not enough (more series than fit) the limit is exceeded and logged, and max_series is the bound.
//
// One thread of its own applies the retention. Thread-safe.
#pragma once

#include <absl/base/thread_annotations.h>

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "base/file.h"
#include "base/mutex.h"
#include "storage/exemplar_reader.h"
#include "storage/metric_reader.h"
#include "storage/metric_writer.h"
#include "storage/pins.h"
#include "tsdb/head.h"
#include "wal/group_commit.h"
#include "wal/log.h"

namespace glint::tsdb {

struct MetricStoreOptions {
  std::string folder;  // Of its own; whoever opens it holds the DirectoryLock of the data folder.
  int64_t retention_ms = 15ll * 24 * 60 * 60 * 1000;
  uint64_t max_bytes = 1ull << 30;  // Of samples, exemplars and labels in memory.
  uint64_t max_series = 10'000'000;
  wal::AckMode ack = wal::AckMode::kSynced;
  uint64_t segment_bytes = 32 << 20;
  FileSystem* files = &PosixFileSystem();  // These two outlive the store.
  const Clock* clock = &SystemClock();
  // How often the store's thread calls Maintain(); 0: there is no thread, the owner calls it.
  int64_t maintenance_interval_ms = 60'000;
};

struct MetricStoreStats {
  storage::AppendCounts appended;  // Since the start, replay not included.
  HeadStats head;
  storage::MetricDrops dropped_by_retention;
  storage::MetricDrops dropped_by_limit;  // Samples that were too many for max_bytes.
  uint64_t refused_batches = 0;           // UNAVAILABLE: the disk.
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
};

class MetricStore final : public storage::MetricWriter,
                          public storage::MetricReader,
                          public storage::ExemplarReader,
                          public storage::Pins {
 public:
  // Replays what is there. Errors as wal::Log::Open().
  static StatusOr<std::unique_ptr<MetricStore>> Open(const MetricStoreOptions& options);
  ~MetricStore() override;

  // From now on Resolve() and Append() are UNAVAILABLE; those under way end first. Reading goes on.
  void Shutdown();

  StatusOr<std::vector<model::SeriesRef>> Resolve(std::span<const model::Labels> series) override;
  StatusOr<storage::AppendCounts> Append(storage::MetricBatch batch) override;

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

  // Lets go what is older than the retention, in memory and on disk.
  void Maintain();

  MetricStoreStats Stats() const;
  // What the start found damaged: file, offset, reason.
  const std::vector<std::string>& damage() const { return log_->replay_report().damage; }

 private:
  struct Pending {
    storage::MetricBatch batch;
    StatusOr<storage::AppendCounts> result = storage::AppendCounts();
  };
  // A batch on its way through one commit.
  struct Staged {
    Pending* pending;
    codec::MetricRecord record;
    storage::AppendCounts counts;  // Of what was taken out before.
  };
  // Refs of the log segment that is being replayed, as this process knows them.
  struct Replay {
    uint64_t segment = 0;
    std::unordered_map<uint64_t, model::SeriesRef> refs;
  };

  explicit MetricStore(const MetricStoreOptions& options);
  void Commit(std::span<Pending* const> group);
  // None when the batch was answered without writing.
  bool Stage(Pending& pending, uint64_t segment, model::TimeMs now, Staged& staged);
  Status Write(std::vector<Staged>& staged);
  void NoteTimes(uint64_t segment, const codec::MetricRecord& record);
  Status WritePreamble(uint64_t segment);
  void KeepToLimit(model::TimeMs now);
  void ApplyRetention(model::TimeMs now);
  void DropSegments();
  void ReplayRecord(const wal::RecordView& record, Replay& replay);
  void ReplayBatch(codec::MetricRecord record, Replay& replay);

  const MetricStoreOptions options_;
  Head head_;
  std::unique_ptr<wal::Log> log_;
  wal::GroupCommit<Pending> commits_;
  std::atomic<bool> is_shut_ = false;

  // Of the committing thread alone.
  uint64_t prepared_segment_ = 0;  // Floor and metadata are logged in it.
  model::TimeMs next_limit_check_ = model::kMinTimeMs;
  std::map<uint64_t, model::TimeMs> newest_;  // By segment: the newest time in it.

  mutable Mutex mutex_;
  MetricStoreStats stats_ ABSL_GUARDED_BY(mutex_);  // What is counted here.

  std::jthread maintenance_;  // Last: it ends first.
};

}  // namespace glint::tsdb
