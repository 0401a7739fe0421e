// The write-ahead log of one store: a folder of segments. What Append() acknowledged is there after
// a crash; what it refused is not.
//
// Appending is one write and, when acknowledged means synced, one fdatasync for all records given;
// GroupCommit gathers what threads bring meanwhile. Segments are dropped whole: a store that lets
// old data go makes each segment explain itself.
//
// Append(), PrepareSegment() and Remove() are for one thread at a time; Read(), Scan() and the
// figures are thread-safe beside them.
#pragma once

#include <absl/base/thread_annotations.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/file.h"
#include "base/mutex.h"
#include "base/status.h"
#include "wal/segment.h"

namespace glint::wal {

// What an acknowledged record survives.
enum class AckMode : uint8_t {
  kSynced,   // Power loss.
  kWritten,  // The process being killed; the operating system writes it out when it likes.
};

struct LogOptions {
  std::string folder;
  uint32_t kind = 0;  // SegmentHeader::kind.
  FileSystem* files = &PosixFileSystem();
  const Clock* clock = &SystemClock();
  AckMode ack = AckMode::kSynced;
  uint64_t segment_bytes = 32 << 20;            // A segment that has as much is closed;
  int64_t segment_age_ms = 2 * 60 * 60 * 1000;  // so is one that is as old.
  // Those before it are superfluous: they are removed unread, and no id below it is given again.
  uint64_t first_segment = 1;
  uint64_t preallocate_bytes = 4 << 20;  // Room is taken in steps of this, or of segment_bytes.
};

struct Record {
  uint8_t type = 0;
  std::string_view payload;
};

// What was found on opening.
struct ReplayReport {
  uint64_t segments = 0;
  uint64_t records = 0;
  uint64_t bytes = 0;
  uint64_t damaged_records = 0;
  uint64_t quarantined_bytes = 0;   // Cut from their segments and kept in *.corrupt files.
  std::vector<std::string> damage;  // File, offset and reason of each; at most kMaxDamageNamed.
  int64_t duration_ms = 0;
};
inline constexpr size_t kMaxDamageNamed = 100;

struct SegmentInfo {
  uint64_t id = 0;
  uint64_t bytes = 0;
  int64_t created_ms = 0;
};

class Log {
 public:
  using Visitor = std::function<void(const RecordView&)>;

  // Replays all records, oldest first, through `visit`. A damaged record, or the rest of a segment
  // where the next record cannot be found, is logged and named in the report, never an error: what
  // can be read is served. The end of the last segment is where its last whole record ends.
  // FAILED_PRECONDITION: segments of another kind or an unknown version. Others: the disk.
  static StatusOr<std::unique_ptr<Log>> Open(const LogOptions& options, const Visitor& visit);
  ~Log();

  // The segment that the next Append() goes to. Closes a full or old one and begins another.
  // UNAVAILABLE: no room, or the last failure cannot be undone yet. Try again later.
  StatusOr<uint64_t> PrepareSegment();

  // The next PrepareSegment() begins another segment; its id is the answer. Errors as there.
  StatusOr<uint64_t> EndSegment();

  // Writes all records to the segment of the last PrepareSegment(), or none; their positions.
  // REQUIRES: PrepareSegment() was OK just before.
  // INVALID_ARGUMENT: a payload beyond kMaxPayloadBytes. UNAVAILABLE: the disk is full or failing.
  StatusOr<std::vector<Position>> Append(std::span<const Record> records);

  // The payload there. NOT_FOUND: the segment was removed. DATA_LOSS: it fails its checksum.
  StatusOr<std::string> Read(const Position& position) const;

  // Visits the records of one segment that were there when it was called; false ends it early.
  // Damaged ones are left out. Errors as Read().
  Status Scan(uint64_t segment, const std::function<bool(const RecordView&)>& visit) const;

  // REQUIRES: it is not the one being written.
  Status Remove(uint64_t segment);

  std::vector<SegmentInfo> segments() const;  // Ascending.
  const ReplayReport& replay_report() const { return report_; }
  uint64_t bytes() const;
  uint64_t syncs() const { return syncs_.load(std::memory_order_relaxed); }
  uint64_t writes() const { return writes_.load(std::memory_order_relaxed); }

 private:
  struct Segment {
    std::shared_ptr<File> file;
    uint64_t end = 0;  // After the last whole record.
    int64_t created_ms = 0;
  };

  explicit Log(const LogOptions& options) : options_(options) {}
  std::string PathOf(uint64_t segment) const;
  Status Replay(const Visitor& visit);
  Status ReplaySegment(uint64_t id, bool is_last, const Visitor& visit);
  // Takes a whole file out of the log, or its rest from `offset` on.
  Status QuarantineFile(uint64_t id, const std::string& reason);
  Status QuarantineRest(uint64_t id, File& file, uint64_t offset, uint64_t size,
                        const std::string& reason);
  void NameDamage(uint64_t id, uint64_t offset, const std::string& reason);
  Status Begin(uint64_t id);
  Status Close();
  Status Sync(File& file);
  Status Repair();
  StatusOr<Segment> Find(uint64_t segment) const;

  const LogOptions options_;
  ReplayReport report_;
  std::atomic<uint64_t> syncs_ = 0;
  std::atomic<uint64_t> writes_ = 0;

  // Of the writing thread alone.
  uint64_t current_ = 0;  // 0: none is being written.
  uint64_t next_id_ = 1;
  uint64_t allocated_ = 0;
  bool needs_repair_ = false;

  mutable Mutex mutex_;
  std::map<uint64_t, Segment> segments_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace glint::wal
