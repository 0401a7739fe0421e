#include "wal/log.h"

#include <algorithm>
#include <chrono>
#include <random>

#include "base/log.h"

namespace glint::wal {
namespace {

uint64_t RandomSalt() {
  std::random_device random;
  return uint64_t{random()} << 32 | random();
}

}  // namespace

std::string Log::PathOf(uint64_t segment) const {
  return options_.folder + "/" + SegmentName(segment);
}

Log::~Log() {
  if (current_ != 0) {
    if (const Status closed = Close(); !closed.ok()) LogWarn("wal", "{}", closed.ToString());
  }
  if (spares_.count() > 0) spares_.RemoveAll();
}

Status Log::Sync(File& file) {
  if (options_.ack != AckMode::kSynced) return OkStatus();
  const auto start = std::chrono::steady_clock::now();
  Status synced = file.Sync();
  const int64_t took_ns =
      std::chrono::nanoseconds(std::chrono::steady_clock::now() - start).count();
  const MutexLock lock(&mutex_);
  ++figures_.syncs;
  figures_.sync_ns += took_ns;
  figures_.longest_sync_ns = std::max(figures_.longest_sync_ns, took_ns);
  return synced;
}

Status Log::SyncFolder() {
  if (options_.ack != AckMode::kSynced) return OkStatus();
  return options_.files->SyncFolder(options_.folder);
}

StatusOr<Log::Segment> Log::Find(uint64_t segment) const {
  const ReaderMutexLock lock(&mutex_);
  const auto found = segments_.find(segment);
  if (found == segments_.end()) return NotFound("log segment {} is gone", segment);
  return found->second;
}

StatusOr<Log::Segment> Log::MakeSegment(uint64_t id, std::optional<uint64_t> recycled_bytes) {
  const bool is_recycled = recycled_bytes.has_value();
  // Before anything is written into it: else, after a power loss, the segment that it was could
  // turn up with the records of this one.
  if (is_recycled) RETURN_IF_ERROR(SyncFolder());
  auto opened =
      options_.files->Open(PathOf(id), is_recycled ? OpenMode::kWrite : OpenMode::kCreate);
  if (!opened.ok()) return opened.status();
  Segment segment;
  segment.file = *std::move(opened);
  segment.header = {options_.kind, id, options_.clock->NowMs(), RandomSalt()};
  segment.end = segment.header.size();
  segment.room = recycled_bytes.value_or(segment.end);
  RETURN_IF_ERROR(segment.file->Write(0, EncodeSegmentHeader(segment.header)));
  RETURN_IF_ERROR(Sync(*segment.file));
  if (!is_recycled) RETURN_IF_ERROR(SyncFolder());
  return segment;
}

Status Log::Begin(uint64_t id) {
  const std::optional<uint64_t> recycled = spares_.Take(PathOf(id));
  StatusOr<Segment> made = MakeSegment(id, recycled);
  if (!made.ok()) {
    (void)options_.files->Remove(PathOf(id));
    return made.status();
  }
  current_ = id;
  next_id_ = id + 1;
  const MutexLock lock(&mutex_);
  segments_[id] = *std::move(made);
  ++figures_.segments_begun;
  if (recycled) ++figures_.segments_recycled;
  return OkStatus();
}

// The mark says where the end is; the room taken ahead is given back. Once begun it has to come
// through before anything is appended: the mark may be on the disk.
Status Log::Close() {
  needs_repair_ = true;
  ASSIGN_OR_RETURN(const Segment segment, Find(current_));
  RETURN_IF_ERROR(
      segment.file->Write(kClosingMarkOffset, EncodeClosingMark(segment.header, segment.end)));
  RETURN_IF_ERROR(segment.file->Truncate(segment.end));
  RETURN_IF_ERROR(Sync(*segment.file));
  {
    const MutexLock lock(&mutex_);
    segments_[current_].room = segment.end;
  }
  current_ = 0;
  needs_repair_ = false;
  return OkStatus();
}

StatusOr<uint64_t> Log::PrepareSegment() {
  const auto unavailable = [](const Status& status) {
    return Unavailable("log: {}", status.message());
  };
  if (current_ != 0) {
    ASSIGN_OR_RETURN(const Segment segment, Find(current_));
    const bool is_full = segment.end >= options_.segment_bytes;
    const bool is_old =
        segment.end > segment.header.size() &&
        options_.clock->NowMs() - segment.header.created_ms >= options_.segment_age_ms;
    if (!needs_repair_ && !is_full && !is_old) return current_;
    if (const Status closed = Close(); !closed.ok()) return unavailable(closed);
  }
  if (const Status begun = Begin(next_id_); !begun.ok()) return unavailable(begun);
  return current_;
}

StatusOr<uint64_t> Log::EndSegment() {
  if (current_ != 0) {
    const Status closed = Close();
    if (!closed.ok()) return Unavailable("log: {}", closed.message());
  }
  return next_id_;
}

// Without room for a step there may still be room for what is to be written.
void Log::TakeRoom(Segment& segment, uint64_t end) {
  if (end <= segment.room || options_.preallocate_bytes == 0) return;
  const uint64_t wanted =
      std::min(std::max(options_.preallocate_bytes, 2 * end), options_.segment_bytes);
  if (wanted > end && segment.file->Preallocate(wanted).ok()) segment.room = wanted;
}

StatusOr<std::vector<Position>> Log::Append(std::span<const Record> records) {
  CHECK(current_ != 0 && !needs_repair_);
  ASSIGN_OR_RETURN(Segment segment, Find(current_));
  std::string bytes;
  std::vector<Position> positions;
  for (const Record& record : records) {
    if (record.payload.size() > kMaxPayloadBytes) {
      return InvalidArgument("log record of {} bytes, at most {} fit", record.payload.size(),
                             kMaxPayloadBytes);
    }
    const uint64_t offset = segment.end + bytes.size();
    positions.push_back(
        {current_, offset + kRecordHeaderBytes, static_cast<uint32_t>(record.payload.size())});
    FrameRecord(segment.header, offset, record.type, /*begins_write=*/bytes.empty(), record.payload,
                bytes);
  }
  const uint64_t end = segment.end + bytes.size();
  TakeRoom(segment, end);
  Status written = segment.file->Write(segment.end, bytes);
  if (written.ok()) written = Sync(*segment.file);
  if (!written.ok()) {
    // What the disk holds is not known: the segment ends before it, and another is begun.
    if (const Status closed = Close(); !closed.ok()) {
      LogWarn("wal", "not yet undone: {}", closed.ToString());
    }
    return Unavailable("log: {}", written.message());
  }
  segment.end = end;
  segment.room = std::max(segment.room, end);
  const MutexLock lock(&mutex_);
  segments_[current_] = std::move(segment);
  ++figures_.writes;
  figures_.written_bytes += bytes.size();
  return positions;
}

StatusOr<std::string> Log::Read(const Position& position) const {
  ASSIGN_OR_RETURN(const Segment segment, Find(position.segment));
  return ReadRecord(*segment.file, segment.header, position);
}

Status Log::Scan(uint64_t segment, const std::function<bool(const RecordView&)>& visit) const {
  ASSIGN_OR_RETURN(const Segment held, Find(segment));
  SegmentReader reader(*held.file, held.header, held.end);
  while (true) {
    ASSIGN_OR_RETURN(const SegmentReader::Found found, reader.Next());
    if (found.kind == SegmentReader::Kind::kEnd) return OkStatus();
    if (found.kind == SegmentReader::Kind::kUnreadable) {
      ASSIGN_OR_RETURN(const uint64_t next, reader.FindHeader(found.offset + 1, false));
      reader.GoTo(next);
    }
    if (found.kind == SegmentReader::Kind::kRecord && !visit(found.record)) return OkStatus();
  }
}

Status Log::Remove(uint64_t segment) {
  Segment removed;
  {
    const MutexLock lock(&mutex_);
    const auto found = segments_.find(segment);
    if (found == segments_.end()) return NotFound("log segment {} is gone", segment);
    CHECK(segment != current_);
    removed = std::move(found->second);
    segments_.erase(found);
  }
  const bool is_of_use = options_.ack == AckMode::kSynced && removed.room >= options_.segment_bytes;
  if (!is_of_use) return options_.files->Remove(PathOf(segment));
  return spares_.Keep(segment, removed.room, std::move(removed.file));
}

std::vector<SegmentInfo> Log::segments() const {
  const ReaderMutexLock lock(&mutex_);
  std::vector<SegmentInfo> out;
  for (const auto& [id, segment] : segments_) {
    out.push_back({id, segment.end, segment.header.created_ms});
  }
  return out;
}

uint64_t Log::bytes() const {
  const ReaderMutexLock lock(&mutex_);
  uint64_t bytes = spares_.bytes();
  for (const auto& [id, segment] : segments_) bytes += segment.room;
  return bytes;
}

LogFigures Log::figures() const {
  const ReaderMutexLock lock(&mutex_);
  LogFigures figures = figures_;
  figures.spare_segments = spares_.count();
  figures.spare_bytes = spares_.bytes();
  return figures;
}

}  // namespace glint::wal
