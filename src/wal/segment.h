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

inline constexpr size_t kSegmentHeaderBytes = 40;
inline constexpr size_t kRecordHeaderBytes = 16;
// A batch beyond this is refused; no length field beyond it is believed.
inline constexpr uint64_t kMaxPayloadBytes = 1 << 30;

struct SegmentHeader {
  uint32_t kind = 0;  // Whose records these are, so that no store reads another's.
  uint64_t id = 0;
  int64_t created_ms = 0;
};

std::string EncodeSegmentHeader(const SegmentHeader& header);
// DATA_LOSS: not such a header, or damaged. FAILED_PRECONDITION: of a version that is not known.
StatusOr<SegmentHeader> DecodeSegmentHeader(std::string_view bytes);

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

// Appends a record that will stand at `offset` of segment `segment` to `out`. The checksums cover
// both numbers, so a record that turns up elsewhere is not believed.
void FrameRecord(uint64_t segment, uint64_t offset, uint8_t type, std::string_view payload,
                 std::string& out);

// The payload at `position`. DATA_LOSS: it is not there or fails its checksum.
StatusOr<std::string> ReadRecord(const File& file, const Position& position);

// Reads the records of a segment in order.
class SegmentReader {
 public:
  enum class Kind : uint8_t {
    kRecord,
    kEnd,         // Nothing follows but zeros.
    kDamaged,     // A payload fails its checksum; its end is known, so Next() may go on.
    kUnreadable,  // A record header is damaged or cut off: what follows cannot be found.
  };
  struct Found {
    Kind kind = Kind::kEnd;
    RecordView record;    // Of kRecord, and type and position of kDamaged. Until the next Next().
    uint64_t offset = 0;  // Where the record's header starts.
    std::string reason;
  };

  // `file` outlives this. Reads from `offset` to `end`.
  SegmentReader(const File& file, uint64_t segment, uint64_t end,
                uint64_t offset = kSegmentHeaderBytes)
      : file_(file), segment_(segment), end_(end), offset_(offset) {}

  // DATA_LOSS: the file cannot be read.
  StatusOr<Found> Next();
  uint64_t offset() const { return offset_; }

 private:
  // `length` bytes at `offset`, from a window that is read ahead.
  StatusOr<std::string_view> Bytes(uint64_t offset, size_t length);
  StatusOr<bool> RestIsZero();

  const File& file_;
  const uint64_t segment_;
  const uint64_t end_;
  uint64_t offset_;
  uint64_t window_offset_ = 0;
  std::string window_;
};

}  // namespace glint::wal
