// A native histogram taken apart, as arithmetic wants it: buckets by index instead of spans.
//
// Thread-compatible.
#pragma once

#include <cstdint>
#include <vector>

#include "model/histogram.h"

namespace glint::promql {

// A bucket by its index; indexes ascend away from zero.
struct IndexedBucket {
  int32_t index = 0;
  double count = 0;
};
std::vector<IndexedBucket> Expand(const std::vector<model::BucketSpan>& spans,
                                  const std::vector<double>& counts);
// REQUIRES: indexes ascend. Buckets with count 0 are left out.
void Collapse(const std::vector<IndexedBucket>& buckets, std::vector<model::BucketSpan>& spans,
              std::vector<double>& counts);

// The upper bound of an exponential bucket.
double UpperBound(int32_t index, int32_t schema);

struct HistogramParts {
  std::vector<IndexedBucket> positive;
  std::vector<IndexedBucket> negative;
  double zero_count = 0;
  double zero_threshold = 0;
  int32_t schema = 0;

  HistogramParts() = default;
  explicit HistogramParts(const model::Histogram& histogram);
  // Down to schema `to`; nothing if that is not below its own.
  void Reduce(int32_t to);
  // Widens the zero bucket to `threshold`, or to the end of a populated bucket across it.
  void WidenZero(double threshold);
};

// Widens either zero bucket until both are the same.
void ReconcileZero(HistogramParts& a, HistogramParts& b);

// The bounds that both have; ascending, as they are.
std::vector<double> CommonBounds(const std::vector<double>& a, const std::vector<double>& b);
// Buckets of custom bounds `from` as buckets of the bounds `to`, a subset of them.
std::vector<IndexedBucket> MapToBounds(const std::vector<IndexedBucket>& buckets,
                                       const std::vector<double>& from,
                                       const std::vector<double>& to);

}  // namespace glint::promql
