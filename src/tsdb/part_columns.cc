#include "tsdb/part_columns.h"

#include <xxhash.h>

#include <algorithm>

#include "base/check.h"
#include "codec/byte_reader.h"
#include "codec/byte_writer.h"
#include "codec/time_column.h"

namespace glint::tsdb {
namespace {

constexpr size_t kCachedColumns = 128;
constexpr size_t kCachedBytes = 512 << 10;

PartSection SectionOf(ColumnKind kind, int which) {
  const PartSection first = kind == ColumnKind::kTimes ? PartSection::kTimes : PartSection::kStarts;
  return static_cast<PartSection>(static_cast<int>(first) + which);
}

// Any two times have a difference when it may wrap.
int64_t Minus(int64_t a, int64_t b) {
  return static_cast<int64_t>(static_cast<uint64_t>(a) - static_cast<uint64_t>(b));
}
int64_t Plus(int64_t a, int64_t b) {
  return static_cast<int64_t>(static_cast<uint64_t>(a) + static_cast<uint64_t>(b));
}

StatusOr<TimeColumn> DecodeColumn(ColumnKind kind, std::string_view bytes, size_t count) {
  if (kind == ColumnKind::kStartTimes) return codec::DecodeStartTimes(bytes, count);
  ASSIGN_OR_RETURN(TimeColumn times, codec::DecodeTimes(bytes, count));
  if (times.size() != count) {
    return InvalidArgument("{} times, its table says {}", times.size(), count);
  }
  return times;
}

}  // namespace

bool PartColumnsWriter::IsEqual(const Column& column, std::span<const model::TimeMs> times) const {
  if (column.count != times.size()) return false;
  if (kind_ == ColumnKind::kTimes && (column.first != times[0] || column.last != times.back())) {
    return false;
  }
  const auto held = DecodeColumn(
      kind_, std::string_view(bytes_).substr(column.offset, column.length), column.count);
  CHECK(held.ok());  // It was encoded here.
  return std::equal(times.begin(), times.end(), held->begin(), held->end());
}

uint32_t PartColumnsWriter::Add(std::span<const model::TimeMs> column) {
  CHECK(!column.empty() && column.size() <= kMaxChunkSamples);
  const uint64_t hash = XXH3_64bits(column.data(), column.size_bytes());
  const auto same = by_hash_.equal_range(hash);
  for (auto it = same.first; it != same.second; ++it) {
    if (IsEqual(columns_[it->second], column)) return it->second;
  }
  Column added;
  added.offset = bytes_.size();
  added.count = static_cast<uint32_t>(column.size());
  if (kind_ == ColumnKind::kTimes) {
    codec::EncodeTimes(column, bytes_);
    added.first = column.front();
    added.last = column.back();
  } else {
    codec::EncodeStartTimes(column, bytes_);
  }
  added.length = static_cast<uint32_t>(bytes_.size() - added.offset);
  const auto number = static_cast<uint32_t>(columns_.size());
  columns_.push_back(added);
  by_hash_.emplace(hash, number);
  return number;
}

Status PartColumnsWriter::Write(PartFileWriter& file) const {
  file.Begin(SectionOf(kind_, 0));
  RETURN_IF_ERROR(file.Append(bytes_));
  file.Begin(SectionOf(kind_, 1));
  codec::ByteWriter blocks;
  for (size_t begin = 0; begin < columns_.size(); begin += kColumnsABlock) {
    blocks.U64(file.SectionBytes());
    blocks.U64(columns_[begin].offset);
    codec::ByteWriter table;
    model::TimeMs base = 0;
    for (size_t i = begin; i < std::min(begin + kColumnsABlock, columns_.size()); ++i) {
      const Column& column = columns_[i];
      table.Varint(column.length);
      table.Varint(column.count);
      table.SignedVarint(Minus(column.first, base));
      table.Varint(static_cast<uint64_t>(Minus(column.last, column.first)));
      base = column.first;
    }
    RETURN_IF_ERROR(file.Append(table.bytes()));
  }
  file.Begin(SectionOf(kind_, 2));
  return file.Append(blocks.bytes());
}

PartColumns::PartColumns(const PartBytes& bytes, ColumnKind kind)
    : bytes_(bytes),
      kind_(kind),
      section_(SectionOf(kind, 0)),
      table_(SectionOf(kind, 1)),
      blocks_(SectionOf(kind, 2)),
      cache_(kCachedColumns, kCachedBytes) {}

StatusOr<PartColumns::Info> PartColumns::InfoOf(uint32_t column) const {
  ASSIGN_OR_RETURN(const PartBytes::Block block,
                   bytes_.ReadBlock(blocks_, table_, column / kColumnsABlock));
  codec::ByteReader in(block.bytes);
  Info info;
  info.offset = block.place;
  for (size_t i = 0; i <= column % kColumnsABlock; ++i) {
    info.offset += info.length;
    info.length = in.Varint();
    info.count = in.Varint();
    info.first = Plus(info.first, in.SignedVarint());
    info.last = Plus(info.first, static_cast<int64_t>(in.Varint()));
  }
  if (!in.ok() || info.count == 0 || info.count > kMaxChunkSamples || info.last < info.first) {
    return bytes_.Damaged(table_, block.offset, fmt::format("no entry of column {}", column));
  }
  return info;
}

StatusOr<std::shared_ptr<const TimeColumn>> PartColumns::Read(uint32_t column,
                                                              model::TimeRange range) const {
  const bool has_order = kind_ == ColumnKind::kTimes;
  if (auto held = cache_.Find(column)) {
    if (has_order && !range.Overlaps(held->front(), held->back())) held.reset();
    return held;
  }
  ASSIGN_OR_RETURN(const Info info, InfoOf(column));
  if (has_order && !range.Overlaps(info.first, info.last)) {
    return std::shared_ptr<const TimeColumn>();
  }
  ASSIGN_OR_RETURN(TimeColumn times, Decode(info));
  auto shared = std::make_shared<const TimeColumn>(std::move(times));
  cache_.Put(column, shared, shared->size() * sizeof(model::TimeMs));
  return shared;
}

StatusOr<TimeColumn> PartColumns::Decode(const Info& info) const {
  ASSIGN_OR_RETURN(const std::string_view bytes, bytes_.Read(section_, info.offset, info.length));
  auto times = DecodeColumn(kind_, bytes, info.count);
  if (!times.ok()) return bytes_.Damaged(section_, info.offset, times.status().message());
  if (kind_ == ColumnKind::kTimes && (times->front() != info.first || times->back() != info.last)) {
    return bytes_.Damaged(section_, info.offset,
                          fmt::format("times from {} to {}, its table says {} to {}",
                                      times->front(), times->back(), info.first, info.last));
  }
  return times;
}

StatusOr<uint64_t> PartColumns::Verify() const {
  uint64_t count = 0;
  uint64_t end = 0;
  while (end < bytes_.SizeOf(section_)) {
    ASSIGN_OR_RETURN(const Info info, InfoOf(static_cast<uint32_t>(count)));
    if (info.offset != end || info.length == 0) {
      return bytes_.Damaged(section_, end, fmt::format("column {} is not here", count));
    }
    RETURN_IF_ERROR(Decode(info).status());
    end += info.length;
    ++count;
  }
  if (bytes_.BlockCount(blocks_) != (count + kColumnsABlock - 1) / kColumnsABlock) {
    return bytes_.Damaged(blocks_, 0, fmt::format("not of {} columns", count));
  }
  return count;
}

}  // namespace glint::tsdb
