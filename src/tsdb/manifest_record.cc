#include "tsdb/manifest_record.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "codec/byte_reader.h"
#include "codec/byte_writer.h"
#include "codec/crc32c.h"

namespace glint::tsdb {
namespace {

constexpr std::string_view kMagic = "GLINTMAN";
constexpr uint32_t kVersion = 1;
constexpr size_t kHeaderBytes = 16;
constexpr size_t kRecordHeaderBytes = 12;

// The place is part of it: a record that turns up elsewhere is not believed.
uint32_t RecordHeaderCrc(uint64_t offset, std::string_view first_eight) {
  codec::ByteWriter place;
  place.U64(offset);
  return codec::Crc32c(first_eight, codec::Crc32c(place.bytes()));
}

struct Frame {
  bool found = false;  // A record header of this place is here, so its end is known.
  bool whole = false;
  std::string_view payload;
  uint64_t end = 0;
  std::string reason;
};

// `explain`: the reason is wanted; a search over garbage has no use for it.
Frame FrameAt(std::string_view bytes, uint64_t offset, bool explain) {
  Frame frame;
  if (bytes.size() - offset < kRecordHeaderBytes) {
    frame.reason = "the record header is cut off";
    return frame;
  }
  const std::string_view header = bytes.substr(offset, kRecordHeaderBytes);
  codec::ByteReader in(header);
  const uint32_t length = in.U32();
  const uint32_t stored = in.U32();
  const uint32_t stored_header = in.U32();
  if (const uint32_t computed = RecordHeaderCrc(offset, header.substr(0, 8));
      computed != stored_header) {
    if (!explain) return frame;
    frame.reason =
        fmt::format("the record header's crc is {:08x}, stored {:08x}", computed, stored_header);
    return frame;
  }
  const uint64_t left = bytes.size() - offset - kRecordHeaderBytes;
  if (length > left) {
    frame.reason = fmt::format("a record of {} bytes is cut off after {}", length, left);
    return frame;
  }
  frame.found = true;
  frame.payload = bytes.substr(offset + kRecordHeaderBytes, length);
  frame.end = offset + kRecordHeaderBytes + length;
  const uint32_t computed = codec::Crc32c(frame.payload);
  frame.whole = computed == stored;
  if (!frame.whole) {
    frame.reason =
        fmt::format("the crc of {} bytes is {:08x}, stored {:08x}", length, computed, stored);
  }
  return frame;
}

void PutIds(const auto& ids, codec::ByteWriter& out, auto id_of) {
  out.Varint(ids.size());
  uint64_t last = 0;
  for (const auto& item : ids) {
    const uint64_t id = id_of(item);
    out.Varint(id - last);
    last = id;
  }
}

// Ascending from 1, all below `next`; else the reader fails.
std::vector<uint64_t> GetIds(codec::ByteReader& in, uint64_t next) {
  std::vector<uint64_t> ids(in.Count(1));
  uint64_t last = 0;
  for (uint64_t& id : ids) {
    const uint64_t step = in.Varint();
    if (step == 0 || last >= next || step >= next - last) in.Fail();
    id = last += step;
  }
  return ids;
}

struct Record {
  uint64_t sequence = 0;
  ManifestState state;  // Without tombstones.
  std::vector<uint64_t> tombstones;
  std::vector<std::pair<uint64_t, std::string_view>> told;
};

std::optional<Record> DecodeRecord(std::string_view payload) {
  codec::ByteReader in(payload);
  Record record;
  record.sequence = in.Varint();
  record.state.next_part_id = in.Varint();
  record.state.next_tombstone_id = in.Varint();
  record.state.first_log_segment = in.Varint();
  if (record.state.next_part_id == 0 || record.state.next_tombstone_id == 0) return std::nullopt;
  const std::vector<uint64_t> parts = GetIds(in, record.state.next_part_id);
  record.tombstones = GetIds(in, record.state.next_tombstone_id);
  record.told.resize(in.Count(2));
  for (auto& [id, body] : record.told) {
    id = in.Varint();
    body = in.Text();
  }
  if (!in.ok() || in.left() != 0) return std::nullopt;
  record.state.parts.insert(parts.begin(), parts.end());
  return record;
}

// Goes through a file from record to record, and over what is not one.
class ManifestScan {
 public:
  ManifestScan(std::string_view bytes, std::vector<ManifestStep>* history)
      : bytes_(bytes), history_(history) {}

  StatusOr<ManifestContent> Run();

 private:
  Status ReadHeader();
  void TakeRecord(const Frame& frame);
  void NoteGap(uint64_t offset, const std::string& reason);
  void CloseGap(uint64_t sequence, bool is_last);
  void ResolveTombstones();

  const std::string_view bytes_;
  std::vector<ManifestStep>* const history_;
  ManifestContent content_;
  std::optional<Record> last_;
  std::map<uint64_t, std::string_view> told_;
  // Damaged bytes since the last whole record.
  uint64_t gap_ = 0;
  std::string gap_reason_;
};

// A damaged header is no reason to give up what follows: that has its own checksums.
Status ManifestScan::ReadHeader() {
  if (bytes_.size() < kHeaderBytes) {
    return DataLoss("the header has {} of {} bytes", bytes_.size(), kHeaderBytes);
  }
  codec::ByteReader in(bytes_);
  const bool is_ours = in.Raw(kMagic.size()) == kMagic;
  const uint32_t version = in.U32();
  const uint32_t stored = in.U32();
  const uint32_t computed = codec::Crc32c(bytes_.substr(0, kHeaderBytes - 4));
  if (!is_ours || computed != stored) {
    content_.damage.push_back(
        fmt::format("the header's crc is {:08x}, stored {:08x}", computed, stored));
    content_.first_damage = 1;
    return OkStatus();
  }
  if (version != kVersion) {
    return FailedPrecondition("version {}, known is {}", version, kVersion);
  }
  return OkStatus();
}

void ManifestScan::NoteGap(uint64_t offset, const std::string& reason) {
  if (gap_ != 0) return;
  gap_ = offset;
  gap_reason_ = reason;
}

// Only what is followed by something whole is damage and not a torn end. One write is two copies,
// so the first of the very last one may be torn, too.
void ManifestScan::CloseGap(uint64_t sequence, bool is_last) {
  if (gap_ == 0) return;
  const uint64_t before = last_.has_value() ? last_->sequence : 0;
  if (!is_last || sequence != before + 1) {
    content_.damage.push_back(fmt::format("damaged at {}: {}", gap_, gap_reason_));
  }
  if (content_.first_damage == 0) content_.first_damage = gap_;
  gap_ = 0;
}

void ManifestScan::TakeRecord(const Frame& frame) {
  std::optional<Record> record = DecodeRecord(frame.payload);
  const uint64_t start = frame.end - frame.payload.size() - kRecordHeaderBytes;
  if (!record.has_value()) {
    NoteGap(start, fmt::format("a record of {} bytes does not decode", frame.payload.size()));
    return;
  }
  CloseGap(record->sequence, frame.end == bytes_.size());
  for (const auto& [id, body] : record->told) told_[id] = body;
  const bool is_second_copy = last_.has_value() && last_->sequence == record->sequence;
  if (history_ != nullptr && !is_second_copy) {
    history_->push_back({start, record->sequence, record->state.first_log_segment,
                         record->state.parts, record->tombstones});
  }
  last_ = std::move(record);
  content_.end = frame.end;
}

// Regexes are compiled for what is live only, not for all of history.
void ManifestScan::ResolveTombstones() {
  for (const uint64_t id : last_->tombstones) {
    const auto found = told_.find(id);
    if (found == told_.end()) {
      content_.damage.push_back(fmt::format("tombstone {} is in no whole record", id));
      continue;
    }
    StatusOr<Tombstone> tombstone = DecodeTombstone(id, found->second);
    if (tombstone.ok()) {
      content_.state.tombstones.emplace(id, *std::move(tombstone));
    } else {
      content_.damage.emplace_back(tombstone.status().message());
    }
  }
}

StatusOr<ManifestContent> ManifestScan::Run() {
  RETURN_IF_ERROR(ReadHeader());
  uint64_t offset = kHeaderBytes;
  while (offset < bytes_.size()) {
    const Frame frame = FrameAt(bytes_, offset, /*explain=*/gap_ == 0);
    if (frame.whole) {
      TakeRecord(frame);
    } else {
      NoteGap(offset, frame.reason);
    }
    // Where a record header is damaged the next one is searched for, byte by byte.
    offset = frame.found ? frame.end : offset + 1;
  }
  if (!last_.has_value()) {
    return DataLoss("no record of {} bytes is whole{}{}", bytes_.size(),
                    gap_reason_.empty() ? "" : ": ", gap_reason_);
  }
  content_.state = last_->state;
  content_.sequence = last_->sequence;
  ResolveTombstones();
  if (!content_.damage.empty() && content_.first_damage == 0) content_.first_damage = content_.end;
  return std::move(content_);
}

}  // namespace

std::string ManifestHeader() {
  codec::ByteWriter out;
  out.Raw(kMagic);
  out.U32(kVersion);
  out.U32(codec::Crc32c(out.bytes()));
  return out.Take();
}

std::string EncodeManifestRecord(uint64_t sequence, const ManifestState& state,
                                 std::span<const Tombstone> added) {
  codec::ByteWriter out;
  out.Varint(sequence);
  out.Varint(state.next_part_id);
  out.Varint(state.next_tombstone_id);
  out.Varint(state.first_log_segment);
  PutIds(state.parts, out, [](uint64_t id) { return id; });
  PutIds(state.tombstones, out, [](const auto& entry) { return entry.first; });
  out.Varint(added.size());
  for (const Tombstone& tombstone : added) {
    out.Varint(tombstone.id);
    out.Text(EncodeTombstone(tombstone));
  }
  return out.Take();
}

void FrameManifestRecord(uint64_t offset, std::string_view payload, std::string& out) {
  for (int copy = 0; copy < 2; ++copy) {
    codec::ByteWriter header;
    header.U32(static_cast<uint32_t>(payload.size()));
    header.U32(codec::Crc32c(payload));
    header.U32(RecordHeaderCrc(offset, header.bytes()));
    out += header.bytes();
    out += payload;
    offset += kRecordHeaderBytes + payload.size();
  }
}

StatusOr<ManifestContent> ReadManifest(std::string_view bytes, std::vector<ManifestStep>* history) {
  return ManifestScan(bytes, history).Run();
}

}  // namespace glint::tsdb
