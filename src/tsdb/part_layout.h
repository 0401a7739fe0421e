// Where things lie in a part file: docs/format/part.md. Shared by its writer and its readers.
//
// Thread-safe: functions without state.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "tsdb/part.h"

namespace glint::tsdb {

inline constexpr std::string_view kPartMagic = "GLINTPRT";
inline constexpr uint32_t kPartVersion = 1;
inline constexpr size_t kPartHeaderBytes = 16;
inline constexpr size_t kPartTrailerBytes = 16;
// Everything before the footer has a checksum for each piece of this size.
inline constexpr size_t kPartPageBytes = 64 << 10;

// Items of an index block: one look-up decodes this many at most.
inline constexpr size_t kSeriesABlock = 64;
inline constexpr size_t kValuesABlock = 16;
inline constexpr size_t kColumnsABlock = 16;
inline constexpr size_t kExemplarRunsABlock = 32;
inline constexpr size_t kTracesABlock = 64;

inline constexpr size_t kMaxChunkSamples = 1 << 16;
inline constexpr size_t kMaxGroupColumns = 128;
inline constexpr size_t kMaxExemplarsARun = 512;

enum class PartSection : uint8_t {
  kChunks,
  kExemplars,
  kTimes,
  kTimeTable,
  kTimeBlocks,
  kStarts,
  kStartTable,
  kStartBlocks,
  kNames,
  kValues,
  kValueBlocks,
  kPostings,
  kSeries,
  kSeriesBlocks,
  kExemplarRuns,
  kExemplarBlocks,
  kTraces,
  kTraceBlocks,
  kMetadata,
};
inline constexpr size_t kPartSections = 19;
std::string_view PartSectionName(PartSection section);

struct PartExtent {
  uint64_t offset = 0;  // In the file.
  uint64_t length = 0;
};

struct PartFooter {
  PartInfo info;
  std::array<PartExtent, kPartSections> sections;
  std::vector<uint32_t> page_crcs;
  uint64_t traces = 0;      // Distinct ids that exemplars name.
  uint64_t trace_bits = 0;  // Of a hash in the table of traces.

  const PartExtent& operator[](PartSection section) const {
    return sections[static_cast<size_t>(section)];
  }
  PartExtent& operator[](PartSection section) { return sections[static_cast<size_t>(section)]; }
};

std::string EncodePartHeader();
// Footer and trailer.
std::string EncodePartFooter(const PartFooter& footer);

// Sets the sums of bytes in `info` from the sections.
void SumSections(PartFooter& footer);

// Of a whole file. DATA_LOSS, FAILED_PRECONDITION: as Part::Open(), without the path.
StatusOr<PartFooter> DecodePartFooter(std::string_view file);

// Entry of the section with the blocks' places: two numbers of 8 bytes.
inline constexpr size_t kBlockEntryBytes = 16;

}  // namespace glint::tsdb
