// Opening a log: what is whole is replayed, what is not is named, kept aside and cut off.
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
    next_id_ = id + 1;
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
  ASSIGN_OR_RETURN(std::unique_ptr<File> opened,
                   options_.files->Open(PathOf(id), OpenMode::kWrite));
  const std::shared_ptr<File> file = std::move(opened);
  ASSIGN_OR_RETURN(const uint64_t size, file->Size());
  ASSIGN_OR_RETURN(const std::string head, file->Read(0, kSegmentHeaderBytes));
  const auto header = DecodeSegmentHeader(head);
  if (!header.ok() && header.status().code() == StatusCode::kFailedPrecondition) {
    return header.status();
  }
  if (!header.ok() || header->id != id) {
    // The header is written before the first record is acknowledged.
    const bool was_never_begun =
        is_last && head.find_first_not_of('\0') == std::string::npos && size <= head.size();
    if (was_never_begun) return options_.files->Remove(PathOf(id));
    return QuarantineFile(id, header.ok() ? fmt::format("it calls itself segment {}", header->id)
                                          : header.status().ToString());
  }
  if (header->kind != options_.kind) {
    return FailedPrecondition("records of kind {:08x}, expected {:08x}", header->kind,
                              options_.kind);
  }

  ++report_.segments;
  SegmentReader reader(*file, id, size);
  uint64_t end = kSegmentHeaderBytes;
  // A damaged record counts as such only when something whole follows it; else it is a torn end.
  std::vector<std::pair<uint64_t, std::string>> pending;
  while (true) {
    ASSIGN_OR_RETURN(const SegmentReader::Found found, reader.Next());
    if (found.kind == SegmentReader::Kind::kRecord) {
      for (const auto& [offset, reason] : pending) NameDamage(id, offset, reason);
      report_.damaged_records += pending.size();
      pending.clear();
      ++report_.records;
      visit(found.record);
      end = reader.offset();
      continue;
    }
    if (found.kind == SegmentReader::Kind::kDamaged) {
      pending.emplace_back(found.offset, found.reason);
      continue;
    }
    if (!pending.empty() || found.kind == SegmentReader::Kind::kUnreadable) {
      RETURN_IF_ERROR(QuarantineRest(id, *file, end, size,
                                     pending.empty() ? found.reason : pending.front().second));
    }
    break;
  }
  report_.bytes += end;
  if (is_last) {
    // What a killed process took ahead, or a torn end: cut, or it could pass for records later.
    RETURN_IF_ERROR(file->Truncate(end));
    RETURN_IF_ERROR(file->Sync());
    current_ = id;
  }
  const MutexLock lock(&mutex_);
  segments_[id] = Segment{file, end, header->created_ms};
  return OkStatus();
}

Status Log::QuarantineFile(uint64_t id, const std::string& reason) {
  NameDamage(id, 0, reason + "; kept as *.corrupt");
  ++report_.damaged_records;
  return options_.files->Rename(PathOf(id), PathOf(id) + ".corrupt");
}

Status Log::QuarantineRest(uint64_t id, File& file, uint64_t offset, uint64_t size,
                           const std::string& reason) {
  ++report_.damaged_records;
  NameDamage(id, offset,
             fmt::format("{}; the rest of {} bytes is kept aside", reason, size - offset));
  const std::string path = fmt::format("{}.at-{}.corrupt", PathOf(id), offset);
  const auto copy = [&]() -> Status {
    ASSIGN_OR_RETURN(const std::unique_ptr<File> kept,
                     options_.files->Open(path, OpenMode::kCreate));
    for (uint64_t at = offset; at < size; at += kCopyBytes) {
      ASSIGN_OR_RETURN(const std::string bytes, file.Read(at, kCopyBytes));
      RETURN_IF_ERROR(kept->Write(at - offset, bytes));
    }
    return kept->Sync();
  };
  if (const Status copied = copy(); !copied.ok()) {
    // Then it stays where it is and is reported again at the next start.
    LogWarn("wal", "{}", copied.ToString());
    (void)options_.files->Remove(path);
    return OkStatus();
  }
  report_.quarantined_bytes += size - offset;
  RETURN_IF_ERROR(file.Truncate(offset));
  return file.Sync();
}

}  // namespace glint::wal
