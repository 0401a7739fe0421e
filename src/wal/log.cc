#include "wal/log.h"

#include <algorithm>

#include "base/log.h"

namespace glint::wal {

std::string Log::PathOf(uint64_t segment) const {
  return options_.folder + "/" + SegmentName(segment);
}

// A log that ends in good order takes no more room than it needs.
Log::~Log() {
  if (current_ == 0 || needs_repair_) return;
  if (const Status closed = Close(); !closed.ok()) LogWarn("wal", "{}", closed.ToString());
}

Status Log::Sync(File& file) {
  if (options_.ack != AckMode::kSynced) return OkStatus();
  syncs_.fetch_add(1, std::memory_order_relaxed);
  return file.Sync();
}

StatusOr<Log::Segment> Log::Find(uint64_t segment) const {
  const ReaderMutexLock lock(&mutex_);
  const auto found = segments_.find(segment);
  if (found == segments_.end()) return NotFound("log segment {} is gone", segment);
  return found->second;
}

Status Log::Begin(uint64_t id) {
  const std::string path = PathOf(id);
  auto opened = options_.files->Open(path, OpenMode::kCreate);
  if (!opened.ok()) return opened.status();
  const std::shared_ptr<File> file = *std::move(opened);
  const SegmentHeader header{options_.kind, id, options_.clock->NowMs()};
  Status made = file->Write(0, EncodeSegmentHeader(header));
  if (made.ok()) made = Sync(*file);
  if (made.ok() && options_.ack == AckMode::kSynced) {
    made = options_.files->SyncFolder(options_.folder);
  }
  if (!made.ok()) {
    (void)options_.files->Remove(path);
    return made;
  }
  current_ = id;
  next_id_ = id + 1;
  allocated_ = 0;
  const MutexLock lock(&mutex_);
  segments_[id] = Segment{file, kSegmentHeaderBytes, header.created_ms};
  return OkStatus();
}

// The room taken ahead is given back, so that a closed segment ends where its records end.
Status Log::Close() {
  ASSIGN_OR_RETURN(const Segment segment, Find(current_));
  RETURN_IF_ERROR(segment.file->Truncate(segment.end));
  RETURN_IF_ERROR(Sync(*segment.file));
  current_ = 0;
  return OkStatus();
}

// Cuts off what a failed Append() may have left, so that it is not replayed. What the disk holds
// after a failed sync is not known: the segment is closed and another begun.
Status Log::Repair() {
  RETURN_IF_ERROR(Close());
  needs_repair_ = false;
  return OkStatus();
}

StatusOr<uint64_t> Log::PrepareSegment() {
  const auto unavailable = [](const Status& status) {
    return Unavailable("log: {}", status.message());
  };
  if (needs_repair_) {
    if (const Status repaired = Repair(); !repaired.ok()) return unavailable(repaired);
  }
  if (current_ != 0) {
    ASSIGN_OR_RETURN(const Segment segment, Find(current_));
    const bool is_full = segment.end >= options_.segment_bytes;
    const bool is_old = segment.end > kSegmentHeaderBytes &&
                        options_.clock->NowMs() - segment.created_ms >= options_.segment_age_ms;
    if (!is_full && !is_old) return current_;
    if (const Status closed = Close(); !closed.ok()) return unavailable(closed);
  }
  if (const Status begun = Begin(next_id_); !begun.ok()) return unavailable(begun);
  return current_;
}

StatusOr<uint64_t> Log::EndSegment() {
  if (current_ != 0) {
    const Status closed = needs_repair_ ? Repair() : Close();
    if (!closed.ok()) return Unavailable("log: {}", closed.message());
  }
  return next_id_;
}

StatusOr<std::vector<Position>> Log::Append(std::span<const Record> records) {
  CHECK(current_ != 0 && !needs_repair_);
  ASSIGN_OR_RETURN(const Segment segment, Find(current_));
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
    FrameRecord(current_, offset, record.type, record.payload, bytes);
  }
  const uint64_t end = segment.end + bytes.size();
  const uint64_t step = std::min(options_.preallocate_bytes, options_.segment_bytes);
  if (end > allocated_ && step > 0) {
    const uint64_t wanted = (end / step + 1) * step;
    // Without room for a step there may still be room for these bytes.
    if (segment.file->Preallocate(wanted).ok()) allocated_ = wanted;
  }
  writes_.fetch_add(1, std::memory_order_relaxed);
  Status written = segment.file->Write(segment.end, bytes);
  if (written.ok()) written = Sync(*segment.file);
  if (!written.ok()) {
    needs_repair_ = true;
    if (const Status repaired = Repair(); !repaired.ok()) {
      LogWarn("wal", "not yet undone: {}", repaired.ToString());
    }
    return Unavailable("log: {}", written.message());
  }
  const MutexLock lock(&mutex_);
  segments_[current_].end = end;
  return positions;
}

StatusOr<std::string> Log::Read(const Position& position) const {
  ASSIGN_OR_RETURN(const Segment segment, Find(position.segment));
  return ReadRecord(*segment.file, position);
}

Status Log::Scan(uint64_t segment, const std::function<bool(const RecordView&)>& visit) const {
  ASSIGN_OR_RETURN(const Segment held, Find(segment));
  SegmentReader reader(*held.file, segment, held.end);
  while (true) {
    ASSIGN_OR_RETURN(const SegmentReader::Found found, reader.Next());
    if (found.kind == SegmentReader::Kind::kDamaged) continue;
    if (found.kind != SegmentReader::Kind::kRecord || !visit(found.record)) return OkStatus();
  }
}

Status Log::Remove(uint64_t segment) {
  CHECK(segment != current_);
  {
    const MutexLock lock(&mutex_);
    if (segments_.erase(segment) == 0) return NotFound("log segment {} is gone", segment);
  }
  return options_.files->Remove(PathOf(segment));
}

std::vector<SegmentInfo> Log::segments() const {
  const ReaderMutexLock lock(&mutex_);
  std::vector<SegmentInfo> out;
  for (const auto& [id, segment] : segments_) out.push_back({id, segment.end, segment.created_ms});
  return out;
}

uint64_t Log::bytes() const {
  const ReaderMutexLock lock(&mutex_);
  uint64_t bytes = 0;
  for (const auto& [id, segment] : segments_) bytes += segment.end;
  return bytes;
}

}  // namespace glint::wal
