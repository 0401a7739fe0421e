// A native histogram: exponential buckets by schema, or custom bounds; counts as doubles, which
// integer histograms fit into.
// Source: https://prometheus.io/docs/specs/native_histograms/
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace glint::model {

// A run of buckets: `offset` empty ones after the end of the run before (for the first: its
// index), then `length` with counts.
struct BucketSpan {
  int32_t offset = 0;
  uint32_t length = 0;
  bool operator==(const BucketSpan&) const = default;
};

enum class CounterResetHint : uint8_t { kUnknown, kReset, kNotReset, kGauge };

inline constexpr int32_t kCustomBucketsSchema = -53;
inline constexpr int32_t kMinSchema = -4;
inline constexpr int32_t kMaxSchema = 8;

// Bucket i of schema s ends at 2^(i * 2^-s), included. With kCustomBucketsSchema bucket i ends at
// custom_values[i], the last one at +Inf, and there are no negative or zero buckets.
struct Histogram {
  CounterResetHint counter_reset_hint = CounterResetHint::kUnknown;
  int32_t schema = 0;
  double zero_threshold = 0;
  double zero_count = 0;
  double count = 0;
  double sum = 0;  // The stale NaN here makes the whole histogram a staleness marker.
  std::vector<BucketSpan> positive_spans;
  std::vector<BucketSpan> negative_spans;
  std::vector<double> positive_buckets;  // Absolute counts, as many as the spans' lengths sum to.
  std::vector<double> negative_buckets;
  std::vector<double> custom_values;  // Upper bounds, ascending, without +Inf.

  bool UsesCustomBuckets() const { return schema == kCustomBucketsSchema; }
  bool operator==(const Histogram&) const = default;
};

}  // namespace glint::model
