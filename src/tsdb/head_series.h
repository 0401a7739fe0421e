// One series in memory: its samples in compressed chunks and an open one, its exemplars.
//
// Readers take a SeriesView under the head's lock and decode it without. So nothing that a view may
// hold is ever changed: full chunks are immutable and replaced as a whole when a late sample goes
// into one, and of the open chunk a view sees only what was there.
//
// Thread-compatible.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/status.h"
#include "codec/sample_chunk.h"
#include "model/exemplar.h"
#include "model/labels.h"
#include "model/time.h"
#include "storage/metric_reader.h"

namespace glint::tsdb {

inline constexpr uint32_t kSamplesPerChunk = 120;

struct SampleChunk {
  model::TimeMs first = 0;
  model::TimeMs last = 0;
  uint32_t count = 0;
  std::string bytes;  // codec::EncodeSamples().
};

// Room for `capacity` samples, of which the series says how many are there.
struct OpenChunk {
  uint32_t capacity = 0;
  std::unique_ptr<codec::TimedSample[]> samples;
};

// Ascending in time, distinct, at most kSamplesPerChunk.
using HistogramChunk = std::vector<storage::HistogramSample>;

// What a series held when the view was taken, from the chunks that a time range touches.
struct SeriesView {
  std::shared_ptr<const model::Labels> labels;
  std::vector<std::shared_ptr<const SampleChunk>> chunks;
  std::shared_ptr<const OpenChunk> open;
  uint32_t open_count = 0;
  std::vector<std::shared_ptr<const HistogramChunk>> histograms;

  // The samples in the range. DATA_LOSS: memory was damaged.
  StatusOr<storage::SeriesData> Read(model::TimeRange range) const;
};

class HeadSeries {
 public:
  enum class Put : uint8_t { kStored, kRepeated, kConflicting };

  explicit HeadSeries(std::shared_ptr<const model::Labels> labels);

  Put PutFloat(const codec::TimedSample& sample);
  Put PutHistogram(const storage::HistogramSample& sample);
  Put PutExemplar(model::Exemplar exemplar);

  SeriesView View(model::TimeRange range) const;
  bool HasSampleIn(model::TimeRange range) const;
  const std::vector<model::Exemplar>& exemplars() const { return exemplars_; }

  // Lets go whole chunks that end before `time`; the number of samples in them.
  uint64_t DropSamplesBefore(model::TimeMs time);
  // The exemplars before `time`, which are let go.
  std::vector<model::Exemplar> DropExemplarsBefore(model::TimeMs time);

  bool empty() const;
  // Adds, for each chunk, when it ends and what it takes.
  void ChunkBytes(std::vector<std::pair<model::TimeMs, uint64_t>>& out) const;
  uint64_t bytes() const { return bytes_; }
  const std::shared_ptr<const model::Labels>& labels() const { return labels_; }

  model::TimeMs last_used = 0;  // By the clock: written to or resolved.
  model::TimeMs last_written = 0;
  uint64_t logged_segment = 0;  // Of the log: the last one that defines this series.

 private:
  const codec::TimedSample& OpenAt(uint32_t i) const { return open_->samples[i]; }
  bool HasFloatAt(model::TimeMs time) const;
  bool HasHistogramAt(model::TimeMs time) const;
  Put PutInOpen(const codec::TimedSample& sample);
  Put PutInSealed(const codec::TimedSample& sample);
  void Grow(uint32_t capacity);
  void Seal();

  const std::shared_ptr<const model::Labels> labels_;
  // Ascending, not overlapping, all before the open one.
  std::vector<std::shared_ptr<const SampleChunk>> sealed_;
  std::shared_ptr<OpenChunk> open_;  // Null while open_count_ is 0.
  uint32_t open_count_ = 0;
  std::vector<std::shared_ptr<const HistogramChunk>> histograms_;  // Ascending, not overlapping.
  // Ascends in time, equal times in order of arrival. No two are equal.
  std::vector<model::Exemplar> exemplars_;
  uint64_t bytes_ = 0;
};

}  // namespace glint::tsdb
