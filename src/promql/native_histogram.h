// Arithmetic on native histograms. Each operation brings its operands to the coarser schema, the
// wider zero bucket, or the custom bounds that both have, as needed.
// Source: https://prometheus.io/docs/specs/native_histograms/
//
// Thread-compatible.
#pragma once

#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "model/histogram.h"
#include "promql/histogram_parts.h"

namespace glint::promql {

// What happened when two histograms met.
struct HistogramMeeting {
  bool incompatible = false;       // Exponential and custom buckets: the left one is as it was.
  bool hints_collided = false;     // One says it was reset, the other that it was not.
  bool bounds_reconciled = false;  // Custom bounds differed; those in common were taken.
};

// The hint of a sum; true where one says reset and the other not.
bool MergeHints(model::Histogram& into, const model::Histogram& other);
HistogramMeeting Add(model::Histogram& into, const model::Histogram& other);
HistogramMeeting Subtract(model::Histogram& from, const model::Histogram& other);
void Multiply(model::Histogram& histogram, double factor);
void Divide(model::Histogram& histogram, double divisor);
// Schema down to `schema`, which is not above its own. Custom buckets stay as they are.
void ReduceSchema(model::Histogram& histogram, int32_t schema);
// Without empty buckets.
void Compact(model::Histogram& histogram);

// Whether a counter that was `before` began anew to become `now`.
bool WasReset(const model::Histogram& now, const model::Histogram& before);
// Same observations in the same buckets, whatever the hints; NaN equals NaN of the same bits.
bool SameObservations(const model::Histogram& a, const model::Histogram& b);

// Observations v with lower < v <= upper; mirrored below zero. The zero bucket includes both.
struct Bucket {
  double lower = 0;
  double upper = 0;
  double count = 0;
  bool lower_inclusive = false;
  bool upper_inclusive = true;
};
// Ascending: negative, zero, positive; empty ones within a span are among them. A zero bucket
// only where it is not empty.
std::vector<Bucket> BucketsOf(const model::Histogram& histogram);

// "{count:20, sum:10, [-2,-1):2, [-0.001,0.001]:2, (0.5,1]:1}"
std::string ToText(const model::Histogram& histogram);

}  // namespace glint::promql
