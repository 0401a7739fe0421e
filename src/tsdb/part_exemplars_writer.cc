#include "tsdb/part_exemplars_writer.h"

#include <xxhash.h>

#include <algorithm>
#include <bit>

#include "codec/byte_writer.h"
#include "codec/exemplar_column.h"

namespace glint::tsdb {
namespace {

// An id that is not there is taken for one that is with a chance of 2^-20.
constexpr uint64_t kSpareBits = 20;
// Of labels in a run, but for its first exemplar: far below what the codec takes.
constexpr uint64_t kMaxLabelBytesARun = 1 << 20;

uint64_t LabelBytesOf(const model::Exemplar& exemplar) {
  uint64_t bytes = 0;
  for (const model::Label& label : exemplar.labels) bytes += label.name.size() + label.value.size();
  return bytes;
}

// How many of `exemplars`, which are not empty, are the next run.
size_t NextRun(std::span<const model::Exemplar> exemplars) {
  const size_t most = std::min(kMaxExemplarsARun, exemplars.size());
  uint64_t bytes = LabelBytesOf(exemplars[0]);
  for (size_t i = 1; i < most; ++i) {
    bytes += LabelBytesOf(exemplars[i]);
    if (bytes > kMaxLabelBytesARun) return i;
  }
  return most;
}

}  // namespace

uint64_t TraceHash(const model::TraceId& id, uint64_t bits) {
  const uint64_t hash = XXH3_64bits(id.bytes.data(), id.bytes.size());
  return bits == 0 ? 0 : hash >> (64 - bits);
}

Status PartExemplarsWriter::Add(uint32_t series, std::span<const model::Exemplar> exemplars,
                                PartFileWriter& file) {
  for (size_t begin = 0; begin < exemplars.size();) {
    const auto part = exemplars.subspan(begin, NextRun(exemplars.subspan(begin)));
    std::string bytes;
    codec::EncodeExemplars(part, bytes);
    runs_.push_back({.series = series,
                     .count = static_cast<uint32_t>(part.size()),
                     .offset = file.SectionBytes(),
                     .length = bytes.size(),
                     .time = {part.front().time, part.back().time}});
    RETURN_IF_ERROR(file.Append(bytes));
    begin += part.size();
  }
  for (const model::Exemplar& exemplar : exemplars) {
    if (!exemplar.trace_id.IsZero()) traces_.push_back(TraceHash(exemplar.trace_id, 64));
  }
  count_ += exemplars.size();
  time_.start = std::min(time_.start, exemplars.front().time);
  time_.end = std::max(time_.end, exemplars.back().time);
  return OkStatus();
}

Status PartExemplarsWriter::Write(PartFileWriter& file, std::span<const uint32_t> numbers,
                                  PartFooter& footer) {
  RETURN_IF_ERROR(WriteRuns(file, numbers));
  return WriteTraces(file, footer);
}

Status PartExemplarsWriter::WriteRuns(PartFileWriter& file,
                                      std::span<const uint32_t> numbers) const {
  file.Begin(PartSection::kExemplarRuns);
  codec::ByteWriter blocks;
  for (size_t begin = 0; begin < runs_.size(); begin += kExemplarRunsABlock) {
    blocks.U64(file.SectionBytes());
    blocks.U64(runs_[begin].offset);
    codec::ByteWriter table;
    uint32_t series = 0;
    uint64_t time = 0;  // Differences may wrap.
    for (size_t i = begin; i < std::min(begin + kExemplarRunsABlock, runs_.size()); ++i) {
      const Run& run = runs_[i];
      const auto start = static_cast<uint64_t>(run.time.start);
      table.Varint(numbers[run.series] - series);
      table.Varint(run.length);
      table.Varint(run.count);
      table.SignedVarint(static_cast<int64_t>(start - time));
      table.Varint(static_cast<uint64_t>(run.time.end) - start);
      series = numbers[run.series];
      time = start;
    }
    RETURN_IF_ERROR(file.Append(table.bytes()));
  }
  file.Begin(PartSection::kExemplarBlocks);
  return file.Append(blocks.bytes());
}

Status PartExemplarsWriter::WriteTraces(PartFileWriter& file, PartFooter& footer) {
  std::sort(traces_.begin(), traces_.end());
  traces_.erase(std::unique(traces_.begin(), traces_.end()), traces_.end());
  footer.trace_bits =
      traces_.empty() ? 0 : std::min<uint64_t>(64, std::bit_width(traces_.size()) + kSpareBits);
  for (uint64_t& hash : traces_) hash >>= (64 - footer.trace_bits) % 64;
  traces_.erase(std::unique(traces_.begin(), traces_.end()), traces_.end());
  footer.traces = traces_.size();

  file.Begin(PartSection::kTraces);
  codec::ByteWriter blocks;
  for (size_t begin = 0; begin < traces_.size(); begin += kTracesABlock) {
    blocks.U64(file.SectionBytes());
    blocks.U64(traces_[begin]);
    codec::ByteWriter table;
    const size_t end = std::min(begin + kTracesABlock, traces_.size());
    for (size_t i = begin + 1; i < end; ++i) table.Varint(traces_[i] - traces_[i - 1] - 1);
    RETURN_IF_ERROR(file.Append(table.bytes()));
  }
  file.Begin(PartSection::kTraceBlocks);
  return file.Append(blocks.bytes());
}

}  // namespace glint::tsdb
