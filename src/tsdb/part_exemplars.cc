#include "tsdb/part_exemplars.h"

#include <algorithm>
#include <iterator>

#include "codec/byte_reader.h"
#include "codec/exemplar_column.h"
#include "tsdb/part_exemplars_writer.h"

namespace glint::tsdb {

StatusOr<std::vector<PartExemplars::Run>> PartExemplars::ReadRuns(uint64_t block) const {
  ASSIGN_OR_RETURN(
      const PartBytes::Block found,
      bytes_.ReadBlock(PartSection::kExemplarBlocks, PartSection::kExemplarRuns, block));
  codec::ByteReader in(found.bytes);
  std::vector<Run> runs;
  uint64_t series = 0;
  uint64_t offset = found.place;
  uint64_t time = 0;
  while (in.left() > 0) {
    Run run;
    series += in.Varint();
    run.length = in.Varint();
    run.count = in.Varint();
    time += static_cast<uint64_t>(in.SignedVarint());
    run.time.start = static_cast<model::TimeMs>(time);
    run.time.end = static_cast<model::TimeMs>(time + in.Varint());
    run.series = static_cast<PartSeries>(series);
    run.offset = offset;
    if (series >= bytes_.footer().info.series || run.count == 0 || run.count > kMaxExemplarsARun ||
        run.time.end < run.time.start || run.length > bytes_.SizeOf(PartSection::kExemplars)) {
      in.Fail();
    }
    if (!in.ok()) break;
    offset += run.length;
    runs.push_back(run);
  }
  if (!in.ok() || runs.empty()) {
    return bytes_.Damaged(PartSection::kExemplarRuns, found.offset,
                          fmt::format("run {} of the block", runs.size()));
  }
  return runs;
}

StatusOr<uint64_t> PartExemplars::FirstBlockOf(PartSeries series) const {
  uint64_t low = 0;
  uint64_t high = bytes_.BlockCount(PartSection::kExemplarBlocks);
  while (low < high) {
    const uint64_t middle = low + (high - low) / 2;
    ASSIGN_OR_RETURN(
        const PartBytes::Block block,
        bytes_.ReadBlock(PartSection::kExemplarBlocks, PartSection::kExemplarRuns, middle));
    codec::ByteReader in(block.bytes);
    if (in.Varint() < series) {
      low = middle + 1;
    } else {
      high = middle;
    }
    if (!in.ok()) {
      return bytes_.Damaged(PartSection::kExemplarRuns, block.offset, "a block without a run");
    }
  }
  return low == 0 ? 0 : low - 1;  // The block before may end with it.
}

StatusOr<std::vector<PartExemplars::Run>> PartExemplars::RunsOf(PartSeries series,
                                                                model::TimeRange range) const {
  std::vector<Run> out;
  ASSIGN_OR_RETURN(const uint64_t first, FirstBlockOf(series));
  for (uint64_t block = first; block < bytes_.BlockCount(PartSection::kExemplarBlocks); ++block) {
    ASSIGN_OR_RETURN(const std::vector<Run> runs, ReadRuns(block));
    for (const Run& run : runs) {
      if (run.series == series && range.Overlaps(run.time.start, run.time.end)) out.push_back(run);
    }
    if (runs.back().series > series) break;
  }
  return out;
}

StatusOr<bool> PartExemplars::Has(PartSeries series) const {
  ASSIGN_OR_RETURN(const std::vector<Run> runs, RunsOf(series, model::TimeRange()));
  return !runs.empty();
}

StatusOr<std::vector<model::Exemplar>> PartExemplars::Decode(const Run& run) const {
  ASSIGN_OR_RETURN(const std::string_view bytes,
                   bytes_.Read(PartSection::kExemplars, run.offset, run.length));
  auto exemplars = codec::DecodeExemplars(bytes, run.count);
  if (!exemplars.ok()) {
    return bytes_.Damaged(PartSection::kExemplars, run.offset, exemplars.status().message());
  }
  const bool is_run = exemplars->size() == run.count && exemplars->front().time == run.time.start &&
                      exemplars->back().time == run.time.end &&
                      std::is_sorted(exemplars->begin(), exemplars->end(),
                                     [](const auto& a, const auto& b) { return a.time < b.time; });
  if (!is_run) {
    return bytes_.Damaged(PartSection::kExemplars, run.offset,
                          fmt::format("{} exemplars are not those of the table, {} from {} to {}",
                                      exemplars->size(), run.count, run.time.start, run.time.end));
  }
  return exemplars;
}

Status PartExemplars::Read(PartSeries series, model::TimeRange range,
                           std::vector<model::Exemplar>& out) const {
  ASSIGN_OR_RETURN(const std::vector<Run> runs, RunsOf(series, range));
  std::vector<model::Exemplar> found;
  for (const Run& run : runs) {
    ASSIGN_OR_RETURN(std::vector<model::Exemplar> exemplars, Decode(run));
    for (model::Exemplar& exemplar : exemplars) {
      if (range.Contains(exemplar.time)) found.push_back(std::move(exemplar));
    }
  }
  out.insert(out.end(), std::make_move_iterator(found.begin()),
             std::make_move_iterator(found.end()));
  return OkStatus();
}

StatusOr<bool> PartExemplars::Names(const model::TraceId& id) const {
  const uint64_t hash = TraceHash(id, bytes_.footer().trace_bits);
  // The last block that does not begin beyond it.
  uint64_t low = 0;
  uint64_t high = bytes_.BlockCount(PartSection::kTraceBlocks);
  while (low < high) {
    const uint64_t middle = low + (high - low) / 2;
    ASSIGN_OR_RETURN(const PartBytes::BlockEntry entry,
                     bytes_.ReadBlockEntry(PartSection::kTraceBlocks, middle));
    if (entry.second <= hash) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  if (low == 0) return false;
  ASSIGN_OR_RETURN(const PartBytes::Block block,
                   bytes_.ReadBlock(PartSection::kTraceBlocks, PartSection::kTraces, low - 1));
  codec::ByteReader in(block.bytes);
  uint64_t at = block.place;
  while (at < hash && in.left() > 0) at += in.Varint() + 1;
  if (!in.ok()) return bytes_.Damaged(PartSection::kTraces, block.offset, "does not decode");
  return at == hash;
}

Status PartExemplars::ForEachRun(const RunVisitor& visit) const {
  for (uint64_t block = 0; block < bytes_.BlockCount(PartSection::kExemplarBlocks); ++block) {
    ASSIGN_OR_RETURN(const std::vector<Run> runs, ReadRuns(block));
    for (const Run& run : runs) RETURN_IF_ERROR(visit(run));
  }
  return OkStatus();
}

}  // namespace glint::tsdb
