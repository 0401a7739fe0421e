#include "wal/segment.h"

#include <fmt/format.h>

#include <algorithm>

#include "codec/byte_reader.h"
#include "codec/byte_writer.h"
#include "codec/crc32c.h"

namespace glint::wal {
namespace {

constexpr std::string_view kMagic = "GLINTWAL";
constexpr uint32_t kVersion = 2;
constexpr size_t kHeaderBytesOfVersion1 = 40;
constexpr size_t kWindowBytes = 256 << 10;
constexpr std::string_view kSuffix = ".wal";
constexpr size_t kDigits = 16;
// Beside the type, in version 2.
constexpr uint32_t kBeginsWrite = 1 << 8;

struct RecordHeader {
  uint32_t payload_crc = 0;
  uint32_t length = 0;
  uint32_t type = 0;
  uint32_t header_crc = 0;
};

// What the record headers of a segment have in common, for their checksums.
uint32_t CrcOfSegment(const SegmentHeader& segment) {
  codec::ByteWriter identity;
  if (segment.version > 1) identity.U64(segment.salt);
  identity.U64(segment.id);
  return codec::Crc32c(identity.bytes());
}

uint32_t HeaderCrc(uint32_t crc_of_segment, uint64_t offset, std::string_view first_twelve) {
  char place[sizeof offset];
  for (size_t i = 0; i < sizeof offset; ++i) place[i] = static_cast<char>(offset >> (8 * i));
  return codec::Crc32c(first_twelve,
                       codec::Crc32c(std::string_view(place, sizeof place), crc_of_segment));
}

RecordHeader DecodeRecordHeader(std::string_view bytes) {
  codec::ByteReader in(bytes);
  RecordHeader header;
  header.payload_crc = in.U32();
  header.length = in.U32();
  header.type = in.U32();
  header.header_crc = in.U32();
  return header;
}

bool IsZero(std::string_view bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](char c) { return c == 0; });
}

bool IsKnownType(uint32_t version, uint32_t type) {
  return type <= (version == 1 ? UINT8_MAX : UINT8_MAX | kBeginsWrite);
}

}  // namespace

std::string EncodeSegmentHeader(const SegmentHeader& header) {
  CHECK(header.version == kVersion);
  codec::ByteWriter out;
  out.Raw(kMagic);
  out.U32(kVersion);
  out.U32(header.kind);
  out.U64(header.id);
  out.U64(static_cast<uint64_t>(header.created_ms));
  out.U64(header.salt);
  out.U32(0);
  out.U32(codec::Crc32c(out.bytes()));
  std::string bytes = out.Take();
  bytes.resize(kSegmentHeaderBytes);
  return bytes;
}

StatusOr<SegmentHeader> DecodeSegmentHeader(std::string_view bytes) {
  codec::ByteReader in(bytes);
  const auto cut_off = [&](size_t needed) {
    return DataLoss("segment header: {} of {} bytes", bytes.size(), needed);
  };
  if (bytes.size() < kHeaderBytesOfVersion1) return cut_off(kHeaderBytesOfVersion1);
  if (in.Raw(kMagic.size()) != kMagic) return DataLoss("segment header: not a log segment");
  SegmentHeader header;
  header.version = in.U32();
  header.kind = in.U32();
  header.id = in.U64();
  header.created_ms = static_cast<int64_t>(in.U64());
  // Where the checksum is: a version that is not known keeps it there, or is taken for damage.
  const size_t covered = header.version == 1 ? kHeaderBytesOfVersion1 - 4 : kClosingMarkOffset - 4;
  if (header.version != 1) {
    if (bytes.size() < kSegmentHeaderBytes) return cut_off(kSegmentHeaderBytes);
    header.salt = in.U64();
  }
  in.U32();
  const uint32_t computed = codec::Crc32c(bytes.substr(0, covered));
  if (const uint32_t stored = in.U32(); stored != computed) {
    return DataLoss("segment header: crc is {:08x}, stored {:08x}", computed, stored);
  }
  if (header.version < 1 || header.version > kVersion) {
    return FailedPrecondition("segment header: version {}, known are 1 to {}", header.version,
                              kVersion);
  }
  return header;
}

std::string EncodeClosingMark(const SegmentHeader& header, uint64_t length) {
  codec::ByteWriter out;
  out.U64(length);
  out.U32(0);
  out.U32(codec::Crc32c(out.bytes(), CrcOfSegment(header)));
  return out.Take();
}

StatusOr<std::optional<uint64_t>> DecodeClosingMark(std::string_view bytes) {
  ASSIGN_OR_RETURN(const SegmentHeader header, DecodeSegmentHeader(bytes));
  if (header.version == 1) return std::optional<uint64_t>();
  const std::string_view mark =
      bytes.substr(kClosingMarkOffset, kSegmentHeaderBytes - kClosingMarkOffset);
  if (IsZero(mark)) return std::optional<uint64_t>();
  codec::ByteReader in(mark);
  const uint64_t length = in.U64();
  in.U32();
  const uint32_t computed = codec::Crc32c(mark.substr(0, mark.size() - 4), CrcOfSegment(header));
  if (const uint32_t stored = in.U32(); stored != computed) {
    return DataLoss("closing mark: crc is {:08x}, stored {:08x}", computed, stored);
  }
  return std::optional<uint64_t>(length);
}

std::string SegmentName(uint64_t id) { return fmt::format("{:016}{}", id, kSuffix); }

std::optional<uint64_t> SegmentIdOf(std::string_view name) {
  if (name.size() != kDigits + kSuffix.size() || !name.ends_with(kSuffix)) return std::nullopt;
  uint64_t id = 0;
  for (const char c : name.substr(0, kDigits)) {
    if (c < '0' || c > '9') return std::nullopt;
    id = id * 10 + static_cast<uint64_t>(c - '0');
  }
  return id;
}

void FrameRecord(const SegmentHeader& segment, uint64_t offset, uint8_t type, bool begins_write,
                 std::string_view payload, std::string& out) {
  codec::ByteWriter header;
  header.U32(codec::Crc32c(payload));
  header.U32(static_cast<uint32_t>(payload.size()));
  header.U32(type | (begins_write ? kBeginsWrite : 0));
  header.U32(HeaderCrc(CrcOfSegment(segment), offset, header.bytes()));
  out += header.bytes();
  out += payload;
}

StatusOr<std::string> ReadRecord(const File& file, const SegmentHeader& segment,
                                 const Position& position) {
  const uint64_t offset = position.offset - kRecordHeaderBytes;
  ASSIGN_OR_RETURN(std::string bytes, file.Read(offset, kRecordHeaderBytes + position.length));
  if (bytes.size() < kRecordHeaderBytes + position.length) {
    return DataLoss("{}: record at {} is cut off: {} of {} bytes", file.path(), offset,
                    bytes.size(), kRecordHeaderBytes + position.length);
  }
  const RecordHeader header = DecodeRecordHeader(bytes);
  const uint32_t header_crc = HeaderCrc(CrcOfSegment(segment), offset,
                                        std::string_view(bytes).substr(0, kRecordHeaderBytes - 4));
  if (header.header_crc != header_crc || header.length != position.length) {
    return DataLoss(
        "{}: record at {}: header of {} bytes, expected {}; its crc is {:08x}, stored "
        "{:08x}",
        file.path(), offset, header.length, position.length, header_crc, header.header_crc);
  }
  bytes.erase(0, kRecordHeaderBytes);
  const uint32_t computed = codec::Crc32c(bytes);
  if (header.payload_crc != computed) {
    return DataLoss("{}: record at {}: crc of {} bytes is {:08x}, stored {:08x}", file.path(),
                    offset, bytes.size(), computed, header.payload_crc);
  }
  return bytes;
}

SegmentReader::SegmentReader(const File& file, const SegmentHeader& segment, uint64_t end)
    : file_(file),
      id_(segment.id),
      version_(segment.version),
      crc_(CrcOfSegment(segment)),
      end_(end),
      offset_(segment.size()) {}

StatusOr<std::string_view> SegmentReader::Bytes(uint64_t offset, size_t length) {
  if (offset < window_offset_ || offset + length > window_offset_ + window_.size()) {
    const auto wanted =
        static_cast<size_t>(std::min<uint64_t>(std::max(length, kWindowBytes), end_ - offset));
    ASSIGN_OR_RETURN(window_, file_.Read(offset, wanted));
    window_offset_ = offset;
  }
  return std::string_view(window_).substr(offset - window_offset_, length);
}

StatusOr<bool> SegmentReader::RestIsZero() {
  for (uint64_t at = offset_; at < end_; at += kWindowBytes) {
    const auto length = static_cast<size_t>(std::min<uint64_t>(kWindowBytes, end_ - at));
    ASSIGN_OR_RETURN(const std::string_view bytes, Bytes(at, length));
    if (!IsZero(bytes)) return false;
  }
  return true;
}

StatusOr<uint64_t> SegmentReader::FindHeader(uint64_t from, bool begins_write) {
  for (uint64_t at = from; at + kRecordHeaderBytes <= end_;) {
    const auto length = static_cast<size_t>(std::min<uint64_t>(kWindowBytes, end_ - at));
    ASSIGN_OR_RETURN(const std::string_view bytes, Bytes(at, length));
    if (bytes.size() < kRecordHeaderBytes) break;
    const size_t last = bytes.size() - kRecordHeaderBytes;
    for (size_t i = 0; i <= last; ++i) {
      // The type, which few other bytes pass for, then the rest.
      if (bytes[i + 10] != 0 || bytes[i + 11] != 0) continue;
      const RecordHeader header = DecodeRecordHeader(bytes.substr(i, kRecordHeaderBytes));
      if (!IsKnownType(version_, header.type)) continue;
      if (begins_write && (header.type & kBeginsWrite) == 0) continue;
      const std::string_view covered = bytes.substr(i, kRecordHeaderBytes - 4);
      if (header.header_crc == 0 && IsZero(covered)) continue;  // Room taken ahead.
      if (header.header_crc == HeaderCrc(crc_, at + i, covered)) return at + i;
    }
    at += last + 1;
  }
  return end_;
}

StatusOr<SegmentReader::Found> SegmentReader::Next() {
  Found found;
  found.offset = offset_;
  const auto unreadable = [&](std::string reason) {
    found.kind = Kind::kUnreadable;
    found.reason = std::move(reason);
    return found;
  };
  if (offset_ >= end_) return found;
  const auto head = static_cast<size_t>(std::min<uint64_t>(kRecordHeaderBytes, end_ - offset_));
  ASSIGN_OR_RETURN(const std::string_view bytes, Bytes(offset_, head));
  if (IsZero(bytes)) {
    ASSIGN_OR_RETURN(const bool is_end, RestIsZero());
    return is_end ? found : unreadable("zeros where a record header should be");
  }
  if (bytes.size() < kRecordHeaderBytes) return unreadable("the record header is cut off");
  const RecordHeader header = DecodeRecordHeader(bytes);
  const uint32_t computed = HeaderCrc(crc_, offset_, bytes.substr(0, kRecordHeaderBytes - 4));
  if (header.header_crc != computed) {
    return unreadable(fmt::format("the record header's crc is {:08x}, stored {:08x}", computed,
                                  header.header_crc));
  }
  const uint64_t left = end_ - offset_ - kRecordHeaderBytes;
  if (header.length > left || header.length > kMaxPayloadBytes ||
      !IsKnownType(version_, header.type)) {
    return unreadable(fmt::format("a record of {} bytes is cut off after {}", header.length, left));
  }
  ASSIGN_OR_RETURN(const std::string_view payload,
                   Bytes(offset_ + kRecordHeaderBytes, header.length));
  if (payload.size() < header.length) return unreadable("the file became shorter");
  found.record = {static_cast<uint8_t>(header.type), payload,
                  Position{id_, offset_ + kRecordHeaderBytes, header.length}};
  offset_ += kRecordHeaderBytes + header.length;
  const uint32_t payload_crc = codec::Crc32c(payload);
  if (payload_crc == header.payload_crc) {
    found.kind = Kind::kRecord;
  } else {
    found.kind = Kind::kDamaged;
    found.reason = fmt::format("the crc of {} bytes is {:08x}, stored {:08x}", header.length,
                               payload_crc, header.payload_crc);
  }
  return found;
}

}  // namespace glint::wal
