// Quantiles, fractions and moments of histograms, native and classic. Thread-compatible.
#pragma once

#include <string>
#include <vector>

#include "model/histogram.h"
#include "promql/native_histogram.h"

namespace glint::promql {

// Observations up to and with `upper`: a classic bucket.
struct ClassicBucket {
  double upper = 0;
  double count = 0;
};

struct ClassicQuantile {
  double value = 0;
  bool made_monotonic = false;  // A wider bucket counted clearly less than a narrower one.
};

// Sorts and cleans `buckets`. NaN without observations, without a +Inf bucket or with one bucket.
ClassicQuantile QuantileOf(double q, std::vector<ClassicBucket>& buckets);
double FractionOf(double lower, double upper, std::vector<ClassicBucket>& buckets);

double QuantileOf(double q, const model::Histogram& histogram);
double FractionOf(double lower, double upper, const model::Histogram& histogram);
// Estimated from the middles of the buckets.
double VarianceOf(const model::Histogram& histogram);

// Which side the observations of the zero bucket are taken to be on: both, unless only one of
// the sides has buckets. A native histogram's first custom bucket begins at 0 if it ends above it.
std::vector<Bucket> InterpolationBuckets(const model::Histogram& histogram);
// The share of a bucket's observations below `value`, which lies within it: linearly for custom
// and zero buckets, else on a logarithmic scale.
double ShareBelow(const model::Histogram& histogram, const Bucket& bucket, double value);

}  // namespace glint::promql
