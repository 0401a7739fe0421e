// What a part knows of each of its series, in order of labels: the labels as numbers and where the
// chunks lie. In blocks of kSeriesABlock, each decoded as a whole.
//
// Thread-safe.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/status.h"
#include "tsdb/part_bytes.h"
#include "tsdb/part_cache.h"
#include "tsdb/part_labels.h"

namespace glint::tsdb {

// Where the float samples of a series are.
enum class FloatsIn : uint8_t {
  kNothing = 0,    // It has none.
  kOwnChunks = 1,  // Of this series alone.
  kLedGroup = 2,   // In chunks of a histogram's buckets that are listed with this series.
  kGroup = 3,      // In chunks that are listed with another series, the leader.
};

// What the directory says of a chunk.
struct ListedChunk {
  uint32_t length = 0;
  uint32_t times = 0;   // Column of times.
  uint32_t starts = 0;  // Column of start times and 1; 0: none is known.
};

struct PartChunk : ListedChunk {
  uint64_t offset = 0;  // In the section of chunks.
};

struct SeriesShape {
  FloatsIn floats = FloatsIn::kNothing;
  uint32_t float_chunks = 0;      // Listed with it.
  uint32_t histogram_chunks = 0;  // Listed after those.
  uint32_t columns = 0;           // Of a led group: how many series are in it.
  uint32_t rank = 0;              // In a group: which column is its own.
  PartSeries leader = 0;          // With kGroup.
};

struct DirectoryBlock {
  struct Entry {
    SeriesShape shape;
    uint32_t schema = 0;
    uint32_t first_value = 0;
    uint32_t first_chunk = 0;
  };
  std::vector<Entry> series;
  std::vector<uint32_t> values;
  std::vector<PartChunk> chunks;

  std::span<const PartChunk> FloatChunks(const Entry& entry) const {
    return std::span(chunks).subspan(entry.first_chunk, entry.shape.float_chunks);
  }
  std::span<const PartChunk> HistogramChunks(const Entry& entry) const {
    return std::span(chunks).subspan(entry.first_chunk + entry.shape.float_chunks,
                                     entry.shape.histogram_chunks);
  }
};

// A series of a decoded block, which it keeps alive.
struct DirectoryEntry {
  std::shared_ptr<const DirectoryBlock> block;
  const DirectoryBlock::Entry* entry = nullptr;

  const SeriesShape& shape() const { return entry->shape; }
  std::span<const PartChunk> FloatChunks() const { return block->FloatChunks(*entry); }
  std::span<const PartChunk> HistogramChunks() const { return block->HistogramChunks(*entry); }
};

class PartDirectory {
 public:
  // `bytes` and `labels` outlive this. DATA_LOSS: not as many blocks as series need.
  static StatusOr<std::unique_ptr<const PartDirectory>> Open(const PartBytes& bytes,
                                                             const PartLabels& labels);

  // INVALID_ARGUMENT: there is no such series. DATA_LOSS.
  StatusOr<DirectoryEntry> Find(PartSeries series) const;
  // The values of its labels, in order of the names of its schema.
  std::span<const uint32_t> ValuesOf(const DirectoryEntry& entry) const {
    return std::span(entry.block->values)
        .subspan(entry.entry->first_value, labels_.Schema(entry.entry->schema).size());
  }
  StatusOr<std::shared_ptr<const DirectoryBlock>> ReadBlock(uint64_t block) const;

 private:
  PartDirectory(const PartBytes& bytes, const PartLabels& labels);
  StatusOr<DirectoryBlock> Decode(uint64_t block) const;

  const PartBytes& bytes_;
  const PartLabels& labels_;
  PartCache<DirectoryBlock> cache_;
};

}  // namespace glint::tsdb
