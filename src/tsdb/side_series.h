// What of a series does not come in rows: samples with times of their own, late ones, histograms.
// In compressed chunks and an open one.
//
// Readers take a SideView under the head's lock and decode it without. So nothing that a view may
// hold is ever changed: full chunks are immutable and replaced as a whole when a late sample goes
// into one, and of the open chunk a view sees only what was there.
//
// Thread-compatible.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "codec/sample_chunk.h"
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
struct SideView {
  std::vector<std::shared_ptr<const SampleChunk>> chunks;
  std::shared_ptr<const OpenChunk> open;
  uint32_t open_count = 0;
  std::vector<std::shared_ptr<const HistogramChunk>> histograms;

  // Appends the samples in the range, ascending.
  void Read(model::TimeRange range, storage::SeriesData& out) const;
};

class SideSeries {
 public:
  enum class Put : uint8_t { kStored, kRepeated, kConflicting };

  Put PutFloat(const codec::TimedSample& sample);
  Put PutHistogram(const storage::HistogramSample& sample);

  SideView View(model::TimeRange range) const;
  bool HasSampleIn(model::TimeRange range) const;
  // From the first to the last sample. REQUIRES: not empty.
  model::TimeRange time() const;

  uint64_t samples() const { return samples_; }
  uint64_t chunks() const { return sealed_.size() + histograms_.size(); }
  uint64_t bytes() const { return bytes_; }

  model::TimeMs last_written = 0;  // By the clock.

 private:
  const codec::TimedSample& OpenAt(uint32_t i) const { return open_->samples[i]; }
  bool HasFloatAt(model::TimeMs time) const;
  bool HasHistogramAt(model::TimeMs time) const;
  Put PutInOpen(const codec::TimedSample& sample);
  Put PutInSealed(const codec::TimedSample& sample);
  void Grow(uint32_t capacity);
  void Seal();

  // Ascending, not overlapping, all before the open one.
  std::vector<std::shared_ptr<const SampleChunk>> sealed_;
  std::shared_ptr<OpenChunk> open_;  // Null while open_count_ is 0.
  uint32_t open_count_ = 0;
  std::vector<std::shared_ptr<const HistogramChunk>> histograms_;  // Ascending, not overlapping.
  uint64_t samples_ = 0;
  uint64_t bytes_ = sizeof(SideSeries);
};

}  // namespace glint::tsdb
