// The trace store on disk: a log of span blocks, and in memory where the blocks of each trace are.
//
// What Append() acknowledged is in the log (wal::AckMode says against what that holds); reading a
// trace is one read a block, each checked. Old segments are dropped whole, by age since they were
// written and by bytes, but traces that a stored exemplar names (storage::Pins) are copied forward
// first: they stay as long as the exemplar.
//
// One thread of its own applies the retention. Thread-safe.
#pragma once

#include <absl/base/thread_annotations.h>

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <unordered_set>
#include <vector>

#include "base/clock.h"
#include "base/file.h"
#include "base/mutex.h"
#include "storage/pins.h"
#include "storage/trace_reader.h"
#include "storage/trace_writer.h"
#include "tracedb/recent_hashes.h"
#include "tracedb/segment_summary.h"
#include "tracedb/trace_index.h"
#include "wal/group_commit.h"
#include "wal/log.h"

namespace glint::tracedb {

struct TraceStoreOptions {
  std::string folder;  // Of its own; whoever opens it holds the DirectoryLock of the data folder.
  const storage::Pins* pins = nullptr;               // Outlives the store. Null: nothing is pinned.
  int64_t retention_ms = 3ll * 24 * 60 * 60 * 1000;  // Since the spans came.
  uint64_t max_bytes = 8ull << 30;                   // On disk; the oldest segments go first.
  // Spans that are recognised when they come again; up to twice as many are.
  size_t recent_spans = 1 << 20;
  wal::AckMode ack = wal::AckMode::kSynced;
  uint64_t segment_bytes = 32 << 20;
  FileSystem* files = &PosixFileSystem();  // These two outlive the store.
  const Clock* clock = &SystemClock();
  // How often the store's thread calls Maintain(); 0: there is no thread, the owner calls it.
  int64_t maintenance_interval_ms = 10'000;
};

struct TraceStoreStats {
  storage::SpanCounts appended;  // Since the start, replay not included.
  uint64_t traces = 0;
  uint64_t spans = 0;  // Held on disk.
  uint64_t spans_dropped = 0;
  uint64_t spans_kept_for_pins = 0;   // Copied forward, each time it was.
  uint64_t pinned_spans_dropped = 0;  // Pins took half of max_bytes.
  uint64_t refused_batches = 0;       // UNAVAILABLE: the disk.
  uint64_t unreadable_records = 0;    // Damaged, at the start or when read.
  uint64_t quarantined_bytes = 0;
  uint64_t log_bytes = 0;  // On the disk, with the room taken ahead.
  uint64_t log_segments = 0;
  uint64_t log_spare_segments = 0;
  uint64_t log_segments_recycled = 0;
  uint64_t log_syncs = 0;
  uint64_t log_writes = 0;
  uint64_t replayed_records = 0;
  int64_t replay_ms = 0;
};

class TraceStore final : public storage::TraceWriter, public storage::TraceReader {
 public:
  // Replays what is there. Errors as wal::Log::Open().
  static StatusOr<std::unique_ptr<TraceStore>> Open(const TraceStoreOptions& options);
  ~TraceStore() override;

  // From now on Append() is UNAVAILABLE; those under way end first. Reading goes on.
  void Shutdown();

  // At most options.recent_spans newer spans later, a repeated one is recognised here; one that
  // comes later than that is stored again, but Find() still shows it once.
  StatusOr<storage::SpanCounts> Append(model::SpanBatch batch) override;

  StatusOr<std::optional<model::Trace>> Find(const model::TraceId& id,
                                             QueryBudget& budget) const override;
  StatusOr<std::vector<bool>> Contains(std::span<const model::TraceId> ids,
                                       QueryBudget& budget) const override;
  StatusOr<std::vector<storage::TraceSummary>> Search(const storage::TraceQuery& query,
                                                      QueryBudget& budget) const override;

  // Drops what is beyond the retention.
  void Maintain();

  TraceStoreStats Stats() const;
  // What the start found damaged: file, offset, reason.
  const std::vector<std::string>& damage() const { return log_->replay_report().damage; }

 private:
  // The spans of one trace in a batch.
  struct Piece {
    model::TraceId id;
    std::vector<model::ScopeSpans> groups;
    std::vector<uint64_t> hashes;  // Of the spans, in order.
    std::string record;
  };
  struct Pending {
    std::vector<Piece> pieces;
    StatusOr<storage::SpanCounts> result = storage::SpanCounts();
  };
  struct Kept {
    uint64_t bytes = 0;  // Copied forward in one pass of Maintain().
  };

  explicit TraceStore(const TraceStoreOptions& options);
  static std::vector<Piece> Split(model::SpanBatch batch);
  void Commit(std::span<Pending* const> group);
  // Takes out spans that are known, or already in `fresh`; adds the others to it.
  storage::SpanCounts TakeOutRepeated(std::unordered_set<uint64_t>& fresh, Piece& piece) const;
  void AddToIndex(const wal::Position& position, const TraceRecordHead& head)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void ReplayRecord(const wal::RecordView& record);

  // False: not now; it stays.
  bool DropSegment(uint64_t segment, Kept& kept);
  Status CopyForward(std::span<const std::string> records);

  StatusOr<std::vector<model::ScopeSpans>> ReadPieces(const model::TraceId& id,
                                                      QueryBudget& budget) const;
  struct Candidate;
  Status FindCandidates(uint64_t segment, const storage::TraceQuery& query, QueryBudget& budget,
                        std::vector<Candidate>& out) const;

  const TraceStoreOptions options_;
  std::unique_ptr<wal::Log> log_;
  wal::GroupCommit<Pending> commits_;
  std::atomic<bool> is_shut_ = false;
  mutable std::atomic<uint64_t> unreadable_records_ = 0;

  RecentHashes recent_;  // Of the committing thread alone.

  mutable Mutex mutex_;
  TraceIndex index_ ABSL_GUARDED_BY(mutex_);
  std::map<uint64_t, SegmentSummary> segments_ ABSL_GUARDED_BY(mutex_);
  TraceStoreStats stats_ ABSL_GUARDED_BY(mutex_);  // What is counted here.

  std::jthread maintenance_;  // Last: it ends first.
};

}  // namespace glint::tracedb
