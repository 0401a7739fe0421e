// Latencies in buckets that are 1/128 of their value wide: bounded memory (58 KB) whatever comes,
// and quantiles that are off by less than 0.8 %.
//
// Thread-compatible.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace glint::load {

class LatencyRecorder {
 public:
  LatencyRecorder();

  // Negative counts as zero.
  void Record(int64_t ns);

  uint64_t count() const { return count_; }
  int64_t min_ns() const { return count_ == 0 ? 0 : min_ns_; }
  int64_t max_ns() const { return max_ns_; }
  double mean_ns() const;

  // The value that a share of `quantile` (0 to 1) does not exceed; 0 of nothing. The bucket's upper
  // end, but never above max_ns().
  int64_t QuantileNs(double quantile) const;

  // How many are at most `ns`, to the precision of the buckets.
  uint64_t CountUpTo(int64_t ns) const;

 private:
  static size_t BucketOf(uint64_t ns);
  static uint64_t UpperEnd(size_t bucket);

  std::vector<uint64_t> counts_;
  uint64_t count_ = 0;
  double sum_ns_ = 0;
  int64_t min_ns_ = 0;
  int64_t max_ns_ = 0;
};

}  // namespace glint::load
