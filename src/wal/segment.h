// One file of the log: a header, then records, each with its length and checksums.
// docs/format/wal.md has the bytes.
//
// Thread-compatible.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/file.h"
#include "base/status.h"

namespace glint::wal {

inline constexpr size_t kSegmentHeaderBytes = 64;
inline constexpr size_t kRecordHeaderBytes = 16;
// Where in the header the closing mark is.
inline constexpr uint64_t kClosingMarkOffset = 48;
// A batch beyond this is refused; no length field beyond it is believed.
inline constexpr uint64_t kMaxPayloadBytes = 1 << 30;

struct SegmentHeader {
  uint32_t kind = 0;  // Whose records these are, so that no store reads another's.
  uint64_t id = 0;
  int64_t created_ms = 0;
  // Random, and part of each record's checksum: what a file held before it was recycled cannot pass
  // for a record of this segment, whoever wrote it.
  uint64_t salt = 0;
  uint32_t version = 2;

  // Where the first record is.
  uint64_t size() const { return version == 1 ? 40 : kSegmentHeaderBytes; }
};

// As version 2, of a segment that is being written.
std::string EncodeSegmentHeader(const SegmentHeader& header);
// From the first kSegmentHeaderBytes of a file, or as many as there are.
// DATA_LOSS: not such a header, or damaged. FAILED_PRECONDITION: of a version that is not known.
StatusOr<SegmentHeader> DecodeSegmentHeader(std::string_view bytes);

// What closes a segment, at kClosingMarkOffset: how long it is.
std::string EncodeClosingMark(const SegmentHeader& header, uint64_t length);
// From the same bytes as DecodeSegmentHeader(); none: it was not closed. Version 1 has no such
// mark. DATA_LOSS: damaged. REQUIRES: the header decodes.
StatusOr<std::optional<uint64_t>> DecodeClosingMark(std::string_view bytes);

// "0000000000000042.wal", and back; none for other files.
std::string SegmentName(uint64_t id);
std::optional<uint64_t> SegmentIdOf(std::string_view name);

// Where a record's payload is.
struct Position {
  uint64_t segment = 0;
  uint64_t offset = 0;
  uint32_t length = 0;
  bool operator==(const Position&) const = default;
};

struct RecordView {
  uint8_t type = 0;
  std::string_view payload;
  Position position;
};

// Appends a record that will stand at `offset` of a segment to `out`. The checksums cover where it
// stands, so a record that turns up elsewhere is not believed. `begins_write`: the first of those
// that are written together.
void FrameRecord(const SegmentHeader& segment, uint64_t offset, uint8_t type, bool begins_write,
                 std::string_view payload, std::string& out);

// The payload at `position`. DATA_LOSS: it is not there or fails its checksum.
StatusOr<std::string> ReadRecord(const File& file, const SegmentHeader& segment,
                                 const Position& position);

// Reads the records of a segment in order.
class SegmentReader {
 public:
  enum class Kind : uint8_t {
    kRecord,
    kEnd,         // Nothing follows but zeros.
    kDamaged,     // A payload fails its checksum; its end is known, so Next() may go on.
    kUnreadable,  // A record header is damaged or cut off: FindHeader() may know where to go on.
  };
  struct Found {
    Kind kind = Kind::kEnd;
    RecordView record;    // Of kRecord, and type and position of kDamaged. Until the next Next().
    uint64_t offset = 0;  // Where the record's header starts.
    std::string reason;
  };

  // `file` outlives this. Reads up to `end`.
  SegmentReader(const File& file, const SegmentHeader& segment, uint64_t end);

  // DATA_LOSS: the file cannot be read.
  StatusOr<Found> Next();
  // Where the next record header at or after `from` is that passes its checksum; the end when there
  // is none. `begins_write`: only those that do. Errors as Next().
  StatusOr<uint64_t> FindHeader(uint64_t from, bool begins_write);

  // Where Next() reads.
  uint64_t offset() const { return offset_; }
  void GoTo(uint64_t offset) { offset_ = offset; }

 private:
  // `length` bytes at `offset`, from a window that is read ahead; fewer where the file ends.
  StatusOr<std::string_view> Bytes(uint64_t offset, size_t length);
  StatusOr<bool> RestIsZero();

  const File& file_;
  const uint64_t id_;
  const uint32_t version_;
  const uint32_t crc_;  // With which each record header's begins.
  const uint64_t end_;
  uint64_t offset_;
  uint64_t window_offset_ = 0;
  std::string window_;
};

}  // namespace glint::wal
