// Reads the chunks of a part: floats of one series or of one bucket of a histogram, and histograms.
//
// What is read again soon is kept decoded: columns of times, and the buckets of a histogram when a
// second one of them is asked for. Thread-safe.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "base/status.h"
#include "model/time.h"
#include "storage/metric_reader.h"
#include "tsdb/part_bytes.h"
#include "tsdb/part_cache.h"
#include "tsdb/part_columns.h"
#include "tsdb/part_directory.h"

namespace glint::tsdb {

class PartChunks {
 public:
  // `bytes` outlives this.
  explicit PartChunks(const PartBytes& bytes);

  // Which of how many series that are in one chunk.
  struct Place {
    uint32_t rank = 0;
    uint32_t columns = 1;
  };
  // These append what is in `range`. On an error `out` is unequally long.
  Status ReadFloats(const PartChunk& chunk, const Place& place, model::TimeRange range,
                    storage::SeriesData& out) const;
  Status ReadHistograms(const PartChunk& chunk, model::TimeRange range,
                        storage::SeriesData& out) const;

  // From the first to the last of its times.
  StatusOr<model::TimeRange> RangeOf(const PartChunk& chunk) const;
  // Reads the times only when the chunk begins before `range`, ends after it, or both.
  StatusOr<bool> HasTimeIn(const PartChunk& chunk, model::TimeRange range) const;

  const PartColumns& times() const { return times_; }
  const PartColumns& starts() const { return starts_; }

 private:
  using Buckets = std::vector<std::vector<double>>;
  static constexpr size_t kRemembered = 64;

  Status ReadStarts(const PartChunk& chunk, size_t count, size_t begin, size_t end,
                    storage::SeriesData& out) const;
  Status DecodeColumn(const PartChunk& chunk, const Place& place, std::span<double> out) const;
  Status DecodeBucket(const PartChunk& chunk, const Place& place, std::string_view bytes,
                      std::span<double> out) const;

  const PartBytes& bytes_;
  const PartColumns times_;
  const PartColumns starts_;
  const PartCache<Buckets> groups_;
  // Chunks of groups of which one bucket was read, by offset and 1. Only a hint.
  mutable std::array<std::atomic<uint64_t>, kRemembered> read_once_{};
};

}  // namespace glint::tsdb
