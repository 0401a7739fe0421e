#include "load/latency_recorder.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace glint::load {
namespace {

// Values below 2^kBits have a bucket each; above, each power of two has 2^(kBits-1) buckets.
constexpr int kBits = 8;
constexpr size_t kHalf = size_t{1} << (kBits - 1);
constexpr size_t kBuckets = 2 * kHalf + (63 - kBits) * kHalf;

}  // namespace

LatencyRecorder::LatencyRecorder() : counts_(kBuckets) {}

size_t LatencyRecorder::BucketOf(uint64_t ns) {
  const int shift = std::max(0, static_cast<int>(std::bit_width(ns)) - kBits);
  return static_cast<size_t>(shift) * kHalf + static_cast<size_t>(ns >> shift);
}

uint64_t LatencyRecorder::UpperEnd(size_t bucket) {
  if (bucket < 2 * kHalf) return bucket;
  const size_t shift = bucket / kHalf - 1;
  const uint64_t mantissa = bucket - shift * kHalf;
  return ((mantissa + 1) << shift) - 1;
}

void LatencyRecorder::Record(int64_t ns) {
  ns = std::max<int64_t>(ns, 0);
  ++counts_[BucketOf(static_cast<uint64_t>(ns))];
  min_ns_ = count_ == 0 ? ns : std::min(min_ns_, ns);
  max_ns_ = std::max(max_ns_, ns);
  sum_ns_ += static_cast<double>(ns);
  ++count_;
}

double LatencyRecorder::mean_ns() const {
  return count_ == 0 ? 0 : sum_ns_ / static_cast<double>(count_);
}

int64_t LatencyRecorder::QuantileNs(double quantile) const {
  if (count_ == 0) return 0;
  const auto rank = static_cast<uint64_t>(std::ceil(quantile * static_cast<double>(count_)));
  uint64_t seen = 0;
  for (size_t i = 0; i < counts_.size(); ++i) {
    seen += counts_[i];
    if (seen >= std::max<uint64_t>(rank, 1)) {
      return std::min(static_cast<int64_t>(UpperEnd(i)), max_ns_);
    }
  }
  return max_ns_;
}

uint64_t LatencyRecorder::CountUpTo(int64_t ns) const {
  if (ns < 0) return 0;
  const size_t last = BucketOf(static_cast<uint64_t>(ns));
  uint64_t count = 0;
  for (size_t i = 0; i <= last; ++i) count += counts_[i];
  return count;
}

}  // namespace glint::load
