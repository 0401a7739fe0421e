#include "wal/segment.h"

#include <fmt/format.h>

#include <algorithm>

#include "codec/byte_reader.h"
#include "codec/byte_writer.h"
#include "codec/crc32c.h"

namespace glint::wal {
namespace {

constexpr std::string_view kMagic = "GLINTWAL";
constexpr uint32_t kVersion = 1;
constexpr size_t kWindowBytes = 256 << 10;
constexpr std::string_view kSuffix = ".wal";
constexpr size_t kDigits = 16;

struct RecordHeader {
  uint32_t payload_crc = 0;
  uint32_t length = 0;
  uint32_t type = 0;
  uint32_t header_crc = 0;
};

uint32_t HeaderCrc(uint64_t segment, uint64_t offset, std::string_view first_twelve) {
  codec::ByteWriter place;
  place.U64(segment);
  place.U64(offset);
  return codec::Crc32c(first_twelve, codec::Crc32c(place.bytes()));
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

}  // namespace

std::string EncodeSegmentHeader(const SegmentHeader& header) {
  codec::ByteWriter out;
  out.Raw(kMagic);
  out.U32(kVersion);
  out.U32(header.kind);
  out.U64(header.id);
  out.U64(static_cast<uint64_t>(header.created_ms));
  out.U32(0);
  out.U32(codec::Crc32c(out.bytes()));
  return out.Take();
}

StatusOr<SegmentHeader> DecodeSegmentHeader(std::string_view bytes) {
  if (bytes.size() < kSegmentHeaderBytes) {
    return DataLoss("segment header: {} of {} bytes", bytes.size(), kSegmentHeaderBytes);
  }
  codec::ByteReader in(bytes.substr(0, kSegmentHeaderBytes));
  if (in.Raw(kMagic.size()) != kMagic) return DataLoss("segment header: not a log segment");
  const uint32_t version = in.U32();
  SegmentHeader header;
  header.kind = in.U32();
  header.id = in.U64();
  header.created_ms = static_cast<int64_t>(in.U64());
  in.U32();
  const uint32_t computed = codec::Crc32c(bytes.substr(0, kSegmentHeaderBytes - 4));
  if (const uint32_t stored = in.U32(); stored != computed) {
    return DataLoss("segment header: crc is {:08x}, stored {:08x}", computed, stored);
  }
  if (version != kVersion) {
    return FailedPrecondition("segment header: version {}, known is {}", version, kVersion);
  }
  return header;
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

void FrameRecord(uint64_t segment, uint64_t offset, uint8_t type, std::string_view payload,
                 std::string& out) {
  codec::ByteWriter header;
  header.U32(codec::Crc32c(payload));
  header.U32(static_cast<uint32_t>(payload.size()));
  header.U32(type);
  header.U32(HeaderCrc(segment, offset, header.bytes()));
  out += header.bytes();
  out += payload;
}

StatusOr<std::string> ReadRecord(const File& file, const Position& position) {
  const uint64_t offset = position.offset - kRecordHeaderBytes;
  ASSIGN_OR_RETURN(std::string bytes, file.Read(offset, kRecordHeaderBytes + position.length));
  if (bytes.size() < kRecordHeaderBytes + position.length) {
    return DataLoss("{}: record at {} is cut off: {} of {} bytes", file.path(), offset,
                    bytes.size(), kRecordHeaderBytes + position.length);
  }
  const RecordHeader header = DecodeRecordHeader(bytes);
  bytes.erase(0, kRecordHeaderBytes);
  const uint32_t computed = codec::Crc32c(bytes);
  if (header.length != position.length || header.payload_crc != computed) {
    return DataLoss("{}: record at {}: crc of {} bytes is {:08x}, stored {:08x} of {}", file.path(),
                    offset, bytes.size(), computed, header.payload_crc, header.length);
  }
  return bytes;
}

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
    if (is_end) return found;
  }
  if (bytes.size() < kRecordHeaderBytes) return unreadable("the record header is cut off");
  const RecordHeader header = DecodeRecordHeader(bytes);
  const uint32_t computed = HeaderCrc(segment_, offset_, bytes.substr(0, kRecordHeaderBytes - 4));
  if (header.header_crc != computed) {
    return unreadable(fmt::format("the record header's crc is {:08x}, stored {:08x}", computed,
                                  header.header_crc));
  }
  const uint64_t left = end_ - offset_ - kRecordHeaderBytes;
  if (header.length > left || header.length > kMaxPayloadBytes || header.type > UINT8_MAX) {
    return unreadable(fmt::format("a record of {} bytes is cut off after {}", header.length, left));
  }
  ASSIGN_OR_RETURN(const std::string_view payload,
                   Bytes(offset_ + kRecordHeaderBytes, header.length));
  if (payload.size() < header.length) return unreadable("the file became shorter");
  found.record = {static_cast<uint8_t>(header.type), payload,
                  Position{segment_, offset_ + kRecordHeaderBytes, header.length}};
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
