#include "tsdb/part_directory_block.h"

#include <algorithm>

#include "codec/byte_reader.h"
#include "tsdb/part_packing.h"

namespace glint::tsdb {
namespace {

using codec::ByteReader;

// The first number of a shape: where floats are, two flags, and how many float chunks.
constexpr uint64_t kFloatsMask = 3;
constexpr uint64_t kHasHistograms = 4;
constexpr uint64_t kHasStarts = 8;
constexpr int kFloatChunksShift = 4;

constexpr size_t kUsualLabels = 12;  // To reserve.

struct Streams {
  ByteReader labels;
  ByteReader shapes;
  ByteReader lengths;

  bool ok() const { return labels.ok() && shapes.ok() && lengths.ok(); }
  bool at_end() const { return labels.left() + shapes.left() + lengths.left() == 0; }
};

class Decoder {
 public:
  Decoder(Streams streams, const PartLabels& labels, uint64_t chunk_offset)
      : in_(streams), labels_(labels), offset_(chunk_offset) {
    block_.series.reserve(kSeriesABlock);
    block_.chunks.reserve(kSeriesABlock);
    block_.values.reserve(kSeriesABlock * kUsualLabels);
  }

  bool ReadSeries(PartSeries series, bool is_first) {
    DirectoryBlock::Entry entry;
    entry.first_value = static_cast<uint32_t>(block_.values.size());
    entry.first_chunk = static_cast<uint32_t>(block_.chunks.size());
    if (!ReadLabels(is_first, entry) || !ReadShape(series, entry)) return false;
    block_.series.push_back(entry);
    return true;
  }
  bool IsWhole() const { return in_.ok() && in_.at_end(); }
  DirectoryBlock Take() { return std::move(block_); }

 private:
  bool ReadLabels(bool is_first, DirectoryBlock::Entry& entry) {
    const uint64_t head = in_.labels.Varint();
    const bool is_new_schema = (head & 1) != 0;
    const uint64_t shared = head >> 1;
    if (is_first && !is_new_schema) return false;
    const size_t before = is_first ? 0 : block_.series.back().first_value;
    const size_t before_size = block_.values.size() - before;
    entry.schema = is_new_schema ? in_.labels.Varint32() : block_.series.back().schema;
    if (!in_.labels.ok() || entry.schema >= labels_.schema_count()) return false;
    const size_t size = labels_.Schema(entry.schema).size();
    if (shared > before_size || shared > size || (!is_new_schema && shared == size)) return false;
    for (size_t i = 0; i < size; ++i) {
      if (i < shared) {
        block_.values.push_back(block_.values[before + i]);
        continue;
      }
      uint64_t value = in_.labels.Varint();
      if (!is_new_schema && i == shared) value += uint64_t{block_.values[before + i]} + 1;
      if (value > UINT32_MAX) return false;
      block_.values.push_back(static_cast<uint32_t>(value));
    }
    return in_.labels.ok();
  }

  bool ReadShape(PartSeries series, DirectoryBlock::Entry& entry) {
    SeriesShape& shape = entry.shape;
    const uint64_t head = in_.shapes.Varint();
    shape.floats = static_cast<FloatsIn>(head & kFloatsMask);
    const uint64_t float_chunks = head >> kFloatChunksShift;
    if (shape.floats == FloatsIn::kLedGroup) {
      shape.columns = in_.shapes.Varint32();
      shape.rank = in_.shapes.Varint32();
      if (shape.columns > kMaxGroupColumns || shape.rank >= shape.columns) return false;
    } else if (shape.floats == FloatsIn::kGroup) {
      const uint64_t distance = in_.shapes.Varint();
      shape.rank = in_.shapes.Varint32();
      if (distance == 0 || distance > series) return false;
      shape.leader = series - static_cast<PartSeries>(distance);
    }
    const uint64_t histogram_chunks = (head & kHasHistograms) != 0 ? in_.shapes.Varint() : 0;
    const bool lists_floats =
        shape.floats == FloatsIn::kOwnChunks || shape.floats == FloatsIn::kLedGroup;
    if (!in_.shapes.ok() || lists_floats != (float_chunks > 0)) return false;
    // A chunk has a length, and a column of times.
    if (float_chunks > in_.lengths.left() || histogram_chunks > in_.lengths.left()) return false;
    shape.float_chunks = static_cast<uint32_t>(float_chunks);
    shape.histogram_chunks = static_cast<uint32_t>(histogram_chunks);
    for (uint64_t i = 0; i < float_chunks + histogram_chunks; ++i) {
      ReadChunk((head & kHasStarts) != 0);
    }
    return in_.ok();
  }

  void ReadChunk(bool has_starts) {
    PartChunk chunk;
    times_ += static_cast<uint32_t>(in_.shapes.SignedVarint());
    if (has_starts) {
      starts_ += static_cast<uint32_t>(in_.shapes.SignedVarint());
      chunk.starts = starts_;
    }
    chunk.times = times_;
    chunk.offset = offset_;
    chunk.length = in_.lengths.Varint32();
    offset_ += chunk.length;
    block_.chunks.push_back(chunk);
  }

  Streams in_;
  const PartLabels& labels_;
  uint64_t offset_;
  uint32_t times_ = 0;
  uint32_t starts_ = 0;
  DirectoryBlock block_;
};

int64_t Difference(uint32_t a, uint32_t b) { return int64_t{a} - int64_t{b}; }

}  // namespace

void DirectoryBlockWriter::AddLabels(uint32_t schema, std::span<const uint32_t> values) {
  const bool is_new_schema = is_first_ || schema != schema_;
  size_t shared = 0;
  // With another schema the names differ somewhere, but numbers of one value or another may still
  // be equal: what is copied are numbers.
  while (shared < std::min(values.size(), values_.size()) && values[shared] == values_[shared]) {
    ++shared;
  }
  label_stream_.Varint(shared << 1 | (is_new_schema ? 1 : 0));
  if (is_new_schema) label_stream_.Varint(schema);
  for (size_t i = shared; i < values.size(); ++i) {
    // Series ascend, so with the same names the first value that differs is larger.
    const bool is_step = !is_new_schema && i == shared;
    label_stream_.Varint(is_step ? values[i] - values_[i] - 1 : values[i]);
  }
  schema_ = schema;
  values_.assign(values.begin(), values.end());
  is_first_ = false;
}

void DirectoryBlockWriter::Add(uint32_t schema, std::span<const uint32_t> values, PartSeries series,
                               const SeriesShape& shape, std::span<const ListedChunk> chunks) {
  AddLabels(schema, values);
  const bool has_starts = std::any_of(chunks.begin(), chunks.end(),
                                      [](const ListedChunk& chunk) { return chunk.starts != 0; });
  uint64_t head = static_cast<uint64_t>(shape.floats);
  if (shape.histogram_chunks > 0) head |= kHasHistograms;
  if (has_starts) head |= kHasStarts;
  shape_stream_.Varint(head | uint64_t{shape.float_chunks} << kFloatChunksShift);
  if (shape.floats == FloatsIn::kLedGroup) {
    shape_stream_.Varint(shape.columns);
    shape_stream_.Varint(shape.rank);
  } else if (shape.floats == FloatsIn::kGroup) {
    shape_stream_.Varint(series - shape.leader);
    shape_stream_.Varint(shape.rank);
  }
  if (shape.histogram_chunks > 0) shape_stream_.Varint(shape.histogram_chunks);
  for (const ListedChunk& chunk : chunks) {
    shape_stream_.SignedVarint(Difference(chunk.times, times_));
    times_ = chunk.times;
    if (has_starts) {
      shape_stream_.SignedVarint(Difference(chunk.starts, starts_));
      starts_ = chunk.starts;
    }
    length_stream_.Varint(chunk.length);
  }
}

std::string DirectoryBlockWriter::Take() {
  codec::ByteWriter out;
  out.Text(label_stream_.bytes());
  out.Text(shape_stream_.bytes());
  out.Raw(length_stream_.bytes());
  *this = DirectoryBlockWriter();
  return Pack(out.bytes());
}

StatusOr<DirectoryBlock> DecodeDirectoryBlock(std::string_view packed, const PartLabels& labels,
                                              PartSeries first, size_t count,
                                              uint64_t chunk_offset) {
  std::string room;
  ASSIGN_OR_RETURN(const std::string_view bytes, Unpack(packed, room));
  ByteReader in(bytes);
  const std::string_view label_stream = in.Text();
  const std::string_view shape_stream = in.Text();
  if (!in.ok()) return InvalidArgument("block of series: no streams");
  Decoder decoder(
      Streams{ByteReader(label_stream), ByteReader(shape_stream), ByteReader(in.Raw(in.left()))},
      labels, chunk_offset);
  for (size_t i = 0; i < count; ++i) {
    const auto series = static_cast<PartSeries>(first + i);
    if (!decoder.ReadSeries(series, i == 0)) {
      return InvalidArgument("block of series: series {} does not decode", series);
    }
  }
  if (!decoder.IsWhole()) return InvalidArgument("block of series: bytes are left over");
  return decoder.Take();
}

}  // namespace glint::tsdb
