#include "inspect/inspect_segment.h"

#include <fmt/format.h>

#include <filesystem>
#include <map>

#include "inspect/record_content.h"
#include "tracedb/trace_record.h"
#include "tsdb/metric_log.h"
#include "wal/segment.h"

namespace glint::inspect {
namespace {

using wal::SegmentReader;

// A writer may be in the middle of a write, or take the file for another segment: what looks
// damaged is looked at again, and believed when it stays.
constexpr int kMaxReadings = 4;

struct OfType {
  uint64_t records = 0;
  uint64_t bytes = 0;
  uint64_t first_offset = 0;
  uint64_t last_offset = 0;
};

class SegmentInspection {
 public:
  SegmentInspection(const std::string& path, bool is_last, const InspectOptions& options)
      : is_last_(is_last), options_(options) {
    report_.path = path;
    report_.kind = "log segment";
  }

  StatusOr<FileReport> Run() {
    ASSIGN_OR_RETURN(file_, options_.files->Open(report_.path, OpenMode::kRead));
    ASSIGN_OR_RETURN(report_.bytes, file_->Size());
    ASSIGN_OR_RETURN(const std::string head, file_->Read(0, wal::kSegmentHeaderBytes));
    ASSIGN_OR_RETURN(const bool has_records, ReadHeader(head));
    if (has_records) {
      RETURN_IF_ERROR(ReadRecords());
      AddFacts();
    }
    return std::move(report_);
  }

 private:
  // False: there is nothing behind it to be read.
  StatusOr<bool> ReadHeader(const std::string& head) {
    const auto id = wal::SegmentIdOf(std::filesystem::path(report_.path).filename().string());
    const auto header = wal::DecodeSegmentHeader(head);
    const bool is_blank = head.find_first_not_of('\0') == std::string::npos;
    const bool was_another = header.ok() && id.has_value() && header->id < *id;
    if (is_last_ && id.has_value() && (is_blank || was_another)) {
      report_.summary = fmt::format("log segment {}, begun, nothing written yet", *id);
      return false;
    }
    if (!header.ok()) {
      report_.summary = "log segment without a readable header";
      if (header.status().code() == StatusCode::kFailedPrecondition) {
        report_.unreadable = header.status().message();
      } else {
        report_.AddDamage(0, std::string(header.status().message()));
      }
      return false;
    }
    header_ = *header;
    if (id.has_value() && header_.id != *id) {
      report_.AddDamage(0, fmt::format("it calls itself segment {}", header_.id));
    }
    limit_ = report_.bytes;
    const auto mark = wal::DecodeClosingMark(head);
    if (!mark.ok()) {
      report_.AddDamage(wal::kClosingMarkOffset, std::string(mark.status().message()));
    } else if (header_.version == 1) {
      state_ = "closed, if its process ended in good order";
      is_closed_ = true;
    } else if (mark->has_value()) {
      state_ = fmt::format("closed with {} bytes", **mark);
      is_closed_ = true;
      limit_ = std::min(limit_, **mark);
      if (limit_ < **mark) {
        report_.AddDamage(
            limit_, fmt::format("closed with {} bytes, of which {} are there", **mark, limit_));
      }
    } else {
      state_ = is_last_ ? "not closed: it is being written, or its process was killed"
                        : "not closed, though a later one was begun";
    }
    if (header_.kind == tsdb::kMetricLogKind) content_ = MakeMetricRecords();
    if (header_.kind == tracedb::kTraceLogKind) content_ = MakeTraceRecords(options_.verify);
    return true;
  }

  // As wal::Log replays it.
  Status ReadRecords() {
    SegmentReader reader(*file_, header_, limit_);
    end_ = header_.size();
    uint64_t known_written = is_closed_ ? limit_ : 0;
    while (true) {
      ASSIGN_OR_RETURN(const SegmentReader::Found found, reader.Next());
      if (found.kind == SegmentReader::Kind::kEnd) break;
      if (found.kind == SegmentReader::Kind::kRecord) {
        TakeRecord(found);
        end_ = reader.offset();
        continue;
      }
      const bool is_unreadable = found.kind == SegmentReader::Kind::kUnreadable;
      if (found.offset >= known_written) {
        const uint64_t from = is_unreadable ? found.offset + 1 : reader.offset();
        ASSIGN_OR_RETURN(known_written, reader.FindHeader(from, /*begins_write=*/true));
        if (known_written == limit_) break;
      }
      if (is_unreadable) {
        ASSIGN_OR_RETURN(const uint64_t next, reader.FindHeader(found.offset + 1, false));
        report_.AddDamage(found.offset, fmt::format("{}; {} bytes are passed over", found.reason,
                                                    next - found.offset));
        reader.GoTo(next);
      } else {
        report_.AddDamage(found.offset, found.reason);
        ListRecord(found, found.record.position.length, "BAD", found.reason);
      }
      end_ = reader.offset();
    }
    if (is_closed_ && header_.version > 1 && reader.offset() < limit_) {
      report_.AddDamage(reader.offset(), "zeros where a record should be");
    }
    if (!is_closed_ && !is_last_) {
      report_.AddDamage(end_, "it was never closed: what followed may be missing");
    }
    return OkStatus();
  }

  void TakeRecord(const SegmentReader::Found& found) {
    const uint64_t bytes = found.record.payload.size();
    OfType& type = types_[found.record.type];
    if (type.records == 0) type.first_offset = found.offset;
    type.last_offset = found.offset;
    ++type.records;
    type.bytes += bytes;
    ++record_count_;
    if (content_ == nullptr) {
      ListRecord(found, bytes, "ok", "");
      return;
    }
    const StatusOr<std::string> line = content_->Read(found.record);
    if (!line.ok()) report_.AddDamage(found.offset, std::string(line.status().message()));
    ListRecord(found, bytes, "ok", line.ok() ? *line : std::string(line.status().message()));
  }

  void ListRecord(const SegmentReader::Found& found, uint64_t bytes, std::string_view crc,
                  const std::string& line) {
    if (!options_.records) return;
    ++listed_;
    if (rows_.size() == options_.limit) return;
    rows_.push_back({Count(found.offset), Text(TypeName(found.record.type)), Count(bytes),
                     Text(crc), Text(line)});
  }

  std::string TypeName(uint8_t type) const {
    return content_ == nullptr ? fmt::format("type {}", type) : content_->TypeName(type);
  }
  std::string StoreName() const {
    if (header_.kind == tsdb::kMetricLogKind) return "metrics";
    if (header_.kind == tracedb::kTraceLogKind) return "traces";
    return fmt::format("kind {:08x}", header_.kind);
  }

  void AddFacts() {
    report_.summary = fmt::format("log segment {} of {}, {} records, {}", header_.id, StoreName(),
                                  Count(record_count_).text,
                                  is_closed_ ? "closed"
                                  : is_last_ ? "not closed yet"
                                             : "not closed");
    report_.AddFact("segment", {std::to_string(header_.id), std::to_string(header_.id)});
    report_.AddFact("store", Text(StoreName()));
    report_.AddFact("version", Count(header_.version));
    report_.AddFact("begun", Time(header_.created_ms));
    report_.AddFact("state", Text(state_));
    report_.AddFact("records end at", Count(end_));
    if (report_.bytes > end_) report_.AddFact("room taken ahead", Bytes(report_.bytes - end_));
    report_.AddFact("records", Count(record_count_));
    if (content_ != nullptr) content_->AddFacts(report_);
    Table types{
        "records by type", {"type", "records", "bytes", "first offset", "last offset"}, {}, ""};
    for (const auto& [type, sum] : types_) {
      types.rows.push_back({Text(TypeName(type)), Count(sum.records), Bytes(sum.bytes),
                            Count(sum.first_offset), Count(sum.last_offset)});
    }
    report_.tables.push_back(std::move(types));
    if (!options_.records) return;
    Table all{"all records", {"offset", "type", "bytes", "crc", "content"}, std::move(rows_), ""};
    if (listed_ > all.rows.size()) {
      all.note = fmt::format("{} of {}: --limit shows more", all.rows.size(), listed_);
    }
    report_.tables.push_back(std::move(all));
  }

  const bool is_last_;
  const InspectOptions& options_;
  FileReport report_;
  std::unique_ptr<File> file_;
  wal::SegmentHeader header_;
  std::string state_ = "unknown, the closing mark is damaged";
  bool is_closed_ = false;
  uint64_t limit_ = 0;
  uint64_t end_ = 0;
  uint64_t record_count_ = 0;
  std::unique_ptr<RecordContent> content_;
  std::map<uint8_t, OfType> types_;
  std::vector<std::vector<Value>> rows_;
  uint64_t listed_ = 0;
};

bool IsSameDamage(const FileReport& a, const FileReport& b) {
  return a.damage_count() == b.damage_count() && a.damage.front().offset == b.damage.front().offset;
}

}  // namespace

StatusOr<FileReport> InspectSegment(const std::string& path, bool is_last,
                                    const InspectOptions& options) {
  ASSIGN_OR_RETURN(FileReport report, SegmentInspection(path, is_last, options).Run());
  for (int reading = 1; reading < kMaxReadings && !report.damage.empty(); ++reading) {
    FileReport before = std::move(report);
    ASSIGN_OR_RETURN(report, SegmentInspection(path, is_last, options).Run());
    if (!report.damage.empty() && IsSameDamage(before, report)) break;
  }
  return report;
}

}  // namespace glint::inspect
