#include "tsdb/part_layout.h"

#include "codec/byte_reader.h"
#include "codec/byte_writer.h"
#include "codec/crc32c.h"

namespace glint::tsdb {
namespace {

constexpr size_t kNameDigits = 16;
constexpr std::string_view kSuffix = ".part";

Status CheckHeader(std::string_view file) {
  if (file.substr(0, kPartMagic.size()) != kPartMagic) return DataLoss("not a part: no magic");
  codec::ByteReader in(file.substr(kPartMagic.size()));
  const uint32_t version = in.U32();
  const uint32_t stored = in.U32();
  const uint32_t computed = codec::Crc32c(file.substr(0, kPartHeaderBytes - 4));
  if (stored != computed) {
    return DataLoss("header: crc is {:08x}, stored {:08x}", computed, stored);
  }
  if (version != kPartVersion) {
    return FailedPrecondition("part of version {}, this program knows {}", version, kPartVersion);
  }
  return OkStatus();
}

Status ParseFooter(std::string_view bytes, uint64_t end_of_pages, PartFooter& footer) {
  codec::ByteReader in(bytes);
  PartInfo& info = footer.info;
  info.id = in.U64();
  info.level = in.U32();
  info.time.start = static_cast<int64_t>(in.U64());
  info.time.end = static_cast<int64_t>(in.U64());
  info.series = in.U64();
  info.samples = in.U64();
  info.chunks = in.U64();
  info.exemplars = in.U64();
  footer.traces = in.U64();
  footer.trace_bits = in.U64();
  if (in.U32() != kPartSections) in.Fail();
  uint64_t end = kPartHeaderBytes;
  for (PartExtent& section : footer.sections) {
    section.offset = in.U64();
    section.length = in.U64();
    // Front to back without gaps, so no two overlap and none reaches out.
    if (section.offset != end || section.length > end_of_pages - end) in.Fail();
    if (!in.ok()) return DataLoss("footer: sections do not follow each other");
    end += section.length;
  }
  const uint64_t pages = (end_of_pages + kPartPageBytes - 1) / kPartPageBytes;
  if (end != end_of_pages || in.left() != pages * 4) {
    return DataLoss("footer: sections end at {}, the footer begins at {}", end, end_of_pages);
  }
  if (info.series > UINT32_MAX || footer.trace_bits > 64) in.Fail();
  footer.page_crcs.reserve(pages);
  for (uint64_t i = 0; i < pages; ++i) footer.page_crcs.push_back(in.U32());
  if (!in.ok()) return DataLoss("footer: does not decode");
  return OkStatus();
}

uint64_t LengthOf(const PartFooter& footer, PartSection first, PartSection last) {
  return footer[last].offset + footer[last].length - footer[first].offset;
}

}  // namespace

std::string PartName(uint64_t id) { return fmt::format("{:016}.part", id); }

std::optional<uint64_t> PartIdOf(std::string_view name) {
  // An id of more than 16 digits does not come to be in the life of a disk.
  if (name.size() != kNameDigits + kSuffix.size()) return std::nullopt;
  if (name.substr(kNameDigits) != kSuffix) return std::nullopt;
  uint64_t id = 0;
  for (const char c : name.substr(0, kNameDigits)) {
    if (c < '0' || c > '9') return std::nullopt;
    id = id * 10 + static_cast<uint64_t>(c - '0');
  }
  return id;
}

std::string_view PartSectionName(PartSection section) {
  static constexpr std::string_view kNames[kPartSections] = {
      "chunks",          "exemplars",   "times",        "time table",    "time blocks",
      "start times",     "start table", "start blocks", "names",         "values",
      "value blocks",    "postings",    "series",       "series blocks", "exemplar runs",
      "exemplar blocks", "traces",      "trace blocks", "metadata"};
  return kNames[static_cast<size_t>(section)];
}

std::string EncodePartHeader() {
  codec::ByteWriter out;
  out.Raw(kPartMagic);
  out.U32(kPartVersion);
  out.U32(codec::Crc32c(out.bytes()));
  return out.Take();
}

std::string EncodePartFooter(const PartFooter& footer) {
  const PartInfo& info = footer.info;
  codec::ByteWriter out;
  out.U64(info.id);
  out.U32(info.level);
  out.U64(static_cast<uint64_t>(info.time.start));
  out.U64(static_cast<uint64_t>(info.time.end));
  out.U64(info.series);
  out.U64(info.samples);
  out.U64(info.chunks);
  out.U64(info.exemplars);
  out.U64(footer.traces);
  out.U64(footer.trace_bits);
  out.U32(kPartSections);
  for (const PartExtent& section : footer.sections) {
    out.U64(section.offset);
    out.U64(section.length);
  }
  for (const uint32_t crc : footer.page_crcs) out.U32(crc);
  const auto length = static_cast<uint32_t>(out.size());
  out.U32(length);
  out.U32(codec::Crc32c(out.bytes()));
  out.Raw(kPartMagic);
  return out.Take();
}

void SumSections(PartFooter& footer) {
  PartInfo& info = footer.info;
  info.sample_bytes = footer[PartSection::kChunks].length +
                      LengthOf(footer, PartSection::kTimes, PartSection::kStartBlocks);
  info.index_bytes = LengthOf(footer, PartSection::kNames, PartSection::kSeriesBlocks);
  info.exemplar_bytes = footer[PartSection::kExemplars].length +
                        LengthOf(footer, PartSection::kExemplarRuns, PartSection::kTraceBlocks);
}

StatusOr<PartFooter> DecodePartFooter(std::string_view file) {
  if (file.size() < kPartHeaderBytes + kPartTrailerBytes) {
    return DataLoss("not a part: {} bytes", file.size());
  }
  RETURN_IF_ERROR(CheckHeader(file));
  const uint64_t trailer = file.size() - kPartTrailerBytes;
  codec::ByteReader in(file.substr(trailer));
  const uint32_t length = in.U32();
  const uint32_t stored = in.U32();
  if (file.substr(trailer + 8) != kPartMagic) return DataLoss("cut off: no trailer");
  if (length > trailer - kPartHeaderBytes) {
    return DataLoss("trailer: a footer of {} bytes in a file of {}", length, file.size());
  }
  const uint64_t begin = trailer - length;
  const uint32_t computed = codec::Crc32c(file.substr(begin, length + 4));
  if (stored != computed) {
    return DataLoss("footer at {}: crc is {:08x}, stored {:08x}", begin, computed, stored);
  }
  PartFooter footer;
  RETURN_IF_ERROR(ParseFooter(file.substr(begin, length), begin, footer));
  footer.info.bytes = file.size();
  SumSections(footer);
  return footer;
}

}  // namespace glint::tsdb
