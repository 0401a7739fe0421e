// The write-ahead log of one store: a folder of segments. What Append() acknowledged is there after
// a crash; what it refused is not.
//
// Appending is one write and, when acknowledged means synced, one fdatasync for all records given;
// GroupCommit gathers what threads bring meanwhile. Segments are dropped whole: a store that lets
// old data go makes each segment explain itself. A log only appends to segments that it began
// itself; what a former life left is closed when it is opened.
//
// Room is taken ahead, so that a sync need not write the file system's tables, and the files of
// removed segments are used again. A log that is closed in good order gives back what it does not
// need.
//
// Append(), PrepareSegment() and Remove() are for one thread at a time; Read(), Scan() and the
// figures are thread-safe beside them.
#pragma once

#include <absl/base/thread_annotations.h>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/file.h"
#include "base/mutex.h"
#include "base/status.h"
#include "wal/segment.h"
#include "wal/spare_segments.h"

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
  // Room is taken ahead: as much first, then twice what is used, up to segment_bytes. 0: none.
  uint64_t preallocate_bytes = 1 << 20;
  // Files of removed segments that are kept to be used again: of segments that were full, since a
  // log that fills none in segment_age_ms is not in a hurry, and when acknowledged means synced.
  size_t max_spares = 2;
  // Those before it are superfluous: they are removed unread, and none that is begun has a lower
  // id, whatever is found in the folder.
  uint64_t first_segment = 1;
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
  uint64_t quarantined_bytes = 0;   // That cannot be read; copies are kept in *.corrupt files.
  std::vector<std::string> damage;  // File, offset and reason of each; at most kMaxDamageNamed.
  int64_t duration_ms = 0;
};
inline constexpr size_t kMaxDamageNamed = 100;

struct SegmentInfo {
  uint64_t id = 0;
  uint64_t bytes = 0;  // Up to the end of its last record.
  int64_t created_ms = 0;
};

// Since it was opened, but for the spares: those there are.
struct LogFigures {
  uint64_t writes = 0;
  uint64_t written_bytes = 0;
  uint64_t syncs = 0;
  int64_t sync_ns = 0;  // Of all syncs together, failed ones too.
  int64_t longest_sync_ns = 0;
  uint64_t segments_begun = 0;
  uint64_t segments_recycled = 0;  // Of those begun, in the file of a removed one.
  uint64_t spare_segments = 0;
  uint64_t spare_bytes = 0;
};

class Log {
 public:
  using Visitor = std::function<void(const RecordView&)>;

  // Replays all records, oldest first, through `visit`. Damage is logged and named in the report,
  // never an error: what can be read is served. The end of a segment that was being written is
  // where its last whole record is, unless a later write shows that more had been acknowledged.
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

  // REQUIRES: it is not the one that is being written. Who removes the newest knows the next one's
  // id, and gives it as first_segment when the log is opened again.
  Status Remove(uint64_t segment);

  std::vector<SegmentInfo> segments() const;  // Ascending.
  const ReplayReport& replay_report() const { return report_; }
  // That the log takes on the disk, with the room taken ahead and the spares.
  uint64_t bytes() const;
  LogFigures figures() const;
  uint64_t syncs() const { return figures().syncs; }
  uint64_t writes() const { return figures().writes; }

 private:
  struct Segment {
    std::shared_ptr<File> file;
    SegmentHeader header;
    uint64_t end = 0;   // After the last whole record.
    uint64_t room = 0;  // Of the file: that and what was taken ahead.
  };

  explicit Log(const LogOptions& options)
      : options_(options),
        next_id_(std::max<uint64_t>(options.first_segment, 1)),
        spares_(*options.files, options.folder, options.max_spares) {}
  std::string PathOf(uint64_t segment) const;

  Status Replay(const Visitor& visit);
  Status ReplaySegment(uint64_t id, bool is_last, const Visitor& visit);
  // The records of a file up to `limit`; where the last one ends.
  StatusOr<uint64_t> ReplayRecords(const File& file, const SegmentHeader& header, uint64_t limit,
                                   bool is_closed, const Visitor& visit);
  Status QuarantineFile(uint64_t id, const std::string& reason);
  void KeepAside(uint64_t id, const File& file, uint64_t begin, uint64_t end,
                 const std::string& reason);
  void NameDamage(uint64_t id, uint64_t offset, const std::string& reason);

  Status Begin(uint64_t id);
  StatusOr<Segment> MakeSegment(uint64_t id, std::optional<uint64_t> recycled_bytes);
  void TakeRoom(Segment& segment, uint64_t end);
  Status Close();
  Status Sync(File& file);
  Status SyncFolder();
  StatusOr<Segment> Find(uint64_t segment) const;

  const LogOptions options_;
  ReplayReport report_;

  // Of the writing thread alone.
  uint64_t current_ = 0;  // 0: none is being written.
  uint64_t next_id_;
  bool needs_repair_ = false;  // The current one is to be closed before anything else.
  SpareSegments spares_;

  mutable Mutex mutex_;
  std::map<uint64_t, Segment> segments_ ABSL_GUARDED_BY(mutex_);
  LogFigures figures_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace glint::wal
