// Writes the samples of a part: chunks of one series, or of the buckets of one histogram whose
// samples have the same times.
//
// Single-threaded. Holds the samples of one series or one histogram, and for each chunk where it
// is.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <unordered_set>
#include <vector>

#include "base/status.h"
#include "model/time.h"
#include "storage/metric_reader.h"
#include "tsdb/part_columns.h"
#include "tsdb/part_directory.h"
#include "tsdb/part_file_writer.h"
#include "tsdb/part_source.h"

namespace glint::tsdb {

// Where to cut columns of times into chunks: so that series scraped together are cut at the same
// times even when one of them began later.
class ChunkCutter {
 public:
  explicit ChunkCutter(size_t max_samples) : max_samples_(max_samples) {}
  // How many of `times`, which are not empty, are the next chunk.
  size_t Next(std::span<const model::TimeMs> times);

 private:
  const size_t max_samples_;
  std::unordered_set<model::TimeMs> begins_;  // Of chunks that are not the first of a series.
};

class PartChunksWriter {
 public:
  // `source` and `file` outlive this.
  PartChunksWriter(PartSource& source, PartFileWriter& file, size_t max_chunk_samples);

  // All series, into the section of chunks. `groups` as FindBucketGroups() gives them.
  Status Write(std::vector<std::vector<uint32_t>> groups);
  // The sections of the columns of times.
  Status WriteColumns();

  // By number in the source; so is `leader`.
  SeriesShape ShapeOf(size_t series) const;
  std::span<const ListedChunk> ChunksOf(size_t series) const;

  uint64_t samples() const { return samples_; }
  uint64_t chunks() const { return chunks_.size(); }
  model::TimeRange time() const { return time_; }  // Empty when there are no samples.

 private:
  static constexpr uint32_t kNoGroup = UINT32_MAX;
  // As SeriesShape, but small: there is one for each series until all are written.
  struct Series {
    uint32_t first_chunk = 0;
    uint32_t float_chunks = 0;
    uint32_t histogram_chunks = 0;
    uint32_t leader = 0;
    uint32_t group = kNoGroup;  // The one that it may be written with.
    FloatsIn floats = FloatsIn::kNothing;
    uint8_t columns = 0;
    uint8_t rank = 0;
    bool has_histograms = false;  // Besides floats that were written with its group.
  };
  static_assert(kMaxGroupColumns <= UINT8_MAX);
  using Members = std::vector<storage::SeriesData>;

  Status WriteSeries(uint32_t series);
  Status WriteGroupOf(uint32_t series);
  // Splits a group into those whose samples have the same times; the columns of that of `series`.
  std::vector<const storage::SeriesData*> SortOut(uint32_t series, const Members& members);
  Status WriteColumnsOf(uint32_t series, std::span<const storage::SeriesData* const> columns);
  Status WriteHistograms(uint32_t series, const storage::SeriesData& data);
  Status ReadSource(uint32_t series, storage::SeriesData& data);
  // With bytes_.
  Status Put(ListedChunk chunk);

  PartSource& source_;
  PartFileWriter& file_;
  const size_t max_chunk_samples_;
  ChunkCutter cutter_;
  PartColumnsWriter times_{ColumnKind::kTimes};
  PartColumnsWriter starts_{ColumnKind::kStartTimes};
  std::vector<Series> series_;
  std::vector<std::vector<uint32_t>> groups_;  // Not yet written ones; ascending in bound.
  std::vector<ListedChunk> chunks_;
  std::string bytes_;  // Of the chunk that is being made.
  uint64_t samples_ = 0;
  model::TimeRange time_{model::kMaxTimeMs, model::kMinTimeMs};
};

}  // namespace glint::tsdb
