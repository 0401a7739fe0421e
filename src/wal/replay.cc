// Opening a log: what is whole is replayed, what is not is named and kept aside.
#include <algorithm>
#include <chrono>

#include "base/log.h"
#include "wal/log.h"

namespace glint::wal {
namespace {

constexpr size_t kCopyBytes = 1 << 20;

}  // namespace

StatusOr<std::unique_ptr<Log>> Log::Open(const LogOptions& options, const Visitor& visit) {
  const auto start = std::chrono::steady_clock::now();
  std::unique_ptr<Log> log(new Log(options));
  RETURN_IF_ERROR(options.files->MakeFolder(options.folder));
  log->spares_.RemoveAll();
  RETURN_IF_ERROR(log->Replay(visit));
  log->report_.duration_ms = std::chrono::duration_cast<std::chrono::milliseconds>(
                                 std::chrono::steady_clock::now() - start)
                                 .count();
  return log;
}

Status Log::Replay(const Visitor& visit) {
  ASSIGN_OR_RETURN(const std::vector<std::string> names, options_.files->List(options_.folder));
  std::vector<uint64_t> ids;
  next_id_ = std::max<uint64_t>(options_.first_segment, 1);
  for (const std::string& name : names) {
    const auto id = SegmentIdOf(name);
    if (!id.has_value()) continue;
    if (*id >= options_.first_segment) {
      ids.push_back(*id);
    } else {
      RETURN_IF_ERROR(options_.files->Remove(PathOf(*id)));
    }
  }
  for (const uint64_t id : ids) {
    next_id_ = std::max(next_id_, id + 1);
    RETURN_IF_ERROR(ReplaySegment(id, id == ids.back(), visit).At(PathOf(id)));
  }
  return OkStatus();
}

void Log::NameDamage(uint64_t id, uint64_t offset, const std::string& reason) {
  std::string text = fmt::format("{}, offset {}: {}", PathOf(id), offset, reason);
  LogError("wal", "{}", text);
  if (report_.damage.size() < kMaxDamageNamed) report_.damage.push_back(std::move(text));
}

Status Log::ReplaySegment(uint64_t id, bool is_last, const Visitor& visit) {
  Segment segment;
  { ASSIGN_OR_RETURN(segment.file, options_.files->Open(PathOf(id), OpenMode::kWrite)); }
  File& file = *segment.file;
  ASSIGN_OR_RETURN(segment.room, file.Size());
  ASSIGN_OR_RETURN(const std::string head, file.Read(0, kSegmentHeaderBytes));
  const auto header = DecodeSegmentHeader(head);
  if (!header.ok() && header.status().code() == StatusCode::kFailedPrecondition) {
    return header.status();
  }
  if (!header.ok() || header->id != id) {
    // The header is written before the first record is acknowledged; until then there is nothing,
    // or what the file was before.
    const bool is_empty = !header.ok() && head.find_first_not_of('\0') == std::string::npos &&
                          segment.room <= head.size();
    const bool is_recycled = header.ok() && header->id < id;
    if (is_last && (is_empty || is_recycled)) return options_.files->Remove(PathOf(id));
    return QuarantineFile(id, header.ok() ? fmt::format("it calls itself segment {}", header->id)
                                          : header.status().ToString());
  }
  if (header->kind != options_.kind) {
    return FailedPrecondition("records of kind {:08x}, expected {:08x}", header->kind,
                              options_.kind);
  }
  segment.header = *header;

  ++report_.segments;
  const auto mark = DecodeClosingMark(head);
  // Version 1 is cut off where it is closed.
  const bool has_no_mark = header->version == 1;
  const bool is_closed = has_no_mark || (mark.ok() && mark->has_value());
  const uint64_t length = is_closed && !has_no_mark ? **mark : segment.room;
  const uint64_t limit = std::min(length, segment.room);
  ASSIGN_OR_RETURN(segment.end, ReplayRecords(file, *header, limit, is_closed, visit));
  if (limit < length) {
    NameDamage(id, limit,
               fmt::format("closed with {} bytes, of which {} are there", length, limit));
  } else if (!mark.ok()) {
    NameDamage(id, kClosingMarkOffset, mark.status().ToString());
  } else if (!is_closed && !is_last) {
    NameDamage(id, segment.end, "it was never closed: what followed may be missing");
  }
  report_.bytes += segment.end;
  if (has_no_mark && segment.end < segment.room && file.Truncate(segment.end).ok()) {
    segment.room = segment.end;
  }
  {
    const MutexLock lock(&mutex_);
    segments_[id] = std::move(segment);
  }
  if (is_last && !is_closed) {
    // When the disk refuses, PrepareSegment() comes back to it.
    current_ = id;
    if (const Status closed = Close(); !closed.ok()) {
      LogWarn("wal", "not yet closed: {}", closed.ToString());
    }
  } else if (is_last && !has_no_mark) {
    // Who closed it may have been killed before the mark was synced, and the next one would testify
    // against a mark that is lost.
    if (const Status synced = Sync(file); !synced.ok()) {
      LogWarn("wal", "not yet closed: {}", synced.ToString());
      current_ = id;
      needs_repair_ = true;
    }
  }
  return OkStatus();
}

StatusOr<uint64_t> Log::ReplayRecords(const File& file, const SegmentHeader& header, uint64_t limit,
                                      bool is_closed, const Visitor& visit) {
  SegmentReader reader(file, header, limit);
  uint64_t end = header.size();
  // What begins before it was written whole once. Of a segment that was being written, all before a
  // write that came later: that one was begun only after those before it had succeeded.
  uint64_t known_written = is_closed ? limit : 0;
  while (true) {
    ASSIGN_OR_RETURN(const SegmentReader::Found found, reader.Next());
    if (found.kind == SegmentReader::Kind::kEnd) break;
    if (found.kind == SegmentReader::Kind::kRecord) {
      ++report_.records;
      visit(found.record);
      end = reader.offset();
      continue;
    }
    const bool is_unreadable = found.kind == SegmentReader::Kind::kUnreadable;
    if (found.offset >= known_written) {
      const uint64_t from = is_unreadable ? found.offset + 1 : reader.offset();
      ASSIGN_OR_RETURN(known_written, reader.FindHeader(from, /*begins_write=*/true));
      // The torn end of a write that was never acknowledged, or what the file held before.
      if (known_written == limit) break;
    }
    ++report_.damaged_records;
    if (is_unreadable) {
      ASSIGN_OR_RETURN(const uint64_t next, reader.FindHeader(found.offset + 1, false));
      KeepAside(header.id, file, found.offset, next, found.reason);
      reader.GoTo(next);
    } else {
      NameDamage(header.id, found.offset, found.reason);
    }
    end = reader.offset();
  }
  // Zeros are the end only of what is not closed.
  if (is_closed && header.version > 1 && reader.offset() < limit) {
    ++report_.damaged_records;
    KeepAside(header.id, file, reader.offset(), limit, "zeros where a record should be");
  }
  return end;
}

Status Log::QuarantineFile(uint64_t id, const std::string& reason) {
  NameDamage(id, 0, reason + "; kept as *.corrupt");
  ++report_.damaged_records;
  return options_.files->Rename(PathOf(id), PathOf(id) + ".corrupt");
}

// The segment keeps what it has, but goes one day; the copy stays.
void Log::KeepAside(uint64_t id, const File& file, uint64_t begin, uint64_t end,
                    const std::string& reason) {
  NameDamage(id, begin, fmt::format("{}; {} bytes are passed over", reason, end - begin));
  report_.quarantined_bytes += end - begin;
  const std::string path = fmt::format("{}.at-{}.corrupt", PathOf(id), begin);
  if (options_.files->Open(path, OpenMode::kRead).ok()) return;
  const auto copy = [&]() -> Status {
    ASSIGN_OR_RETURN(const std::unique_ptr<File> kept,
                     options_.files->Open(path, OpenMode::kCreate));
    for (uint64_t at = begin; at < end; at += kCopyBytes) {
      const auto length = static_cast<size_t>(std::min<uint64_t>(kCopyBytes, end - at));
      ASSIGN_OR_RETURN(const std::string bytes, file.Read(at, length));
      RETURN_IF_ERROR(kept->Write(at - begin, bytes));
    }
    return kept->Sync();
  };
  if (const Status copied = copy(); !copied.ok()) {
    LogWarn("wal", "{}", copied.ToString());
    (void)options_.files->Remove(path);
  }
}

}  // namespace glint::wal
