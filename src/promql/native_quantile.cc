#include <algorithm>
#include <cmath>

#include "promql/compensated_sum.h"
#include "promql/histogram_quantile.h"

namespace glint::promql {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

bool IsLinear(const model::Histogram& histogram, const Bucket& bucket) {
  return histogram.UsesCustomBuckets() || (bucket.lower <= 0 && bucket.upper >= 0);
}

// The value below which this share of a bucket's observations lies.
double ValueAtShare(const model::Histogram& histogram, const Bucket& bucket, double share) {
  if (IsLinear(histogram, bucket)) return bucket.lower + (bucket.upper - bucket.lower) * share;
  const double lower = std::log2(std::abs(bucket.lower));
  const double upper = std::log2(std::abs(bucket.upper));
  if (bucket.lower > 0) return std::exp2(lower + (upper - lower) * share);
  return -std::exp2(upper + (lower - upper) * (1 - share));
}

}  // namespace

std::vector<Bucket> InterpolationBuckets(const model::Histogram& histogram) {
  std::vector<Bucket> buckets = BucketsOf(histogram);
  const bool positive = !histogram.positive_buckets.empty();
  const bool negative = !histogram.negative_buckets.empty();
  for (Bucket& bucket : buckets) {
    if (histogram.UsesCustomBuckets()) {
      if (bucket.lower == -kInfinity && bucket.upper > 0) bucket.lower = 0;
    } else if (bucket.lower < 0 && bucket.upper > 0) {
      if (positive && !negative) bucket.lower = 0;
      if (negative && !positive) bucket.upper = 0;
    }
  }
  return buckets;
}

double ShareBelow(const model::Histogram& histogram, const Bucket& bucket, double value) {
  if (IsLinear(histogram, bucket)) {
    if (bucket.lower == -kInfinity) return 1;
    return (value - bucket.lower) / (bucket.upper - bucket.lower);
  }
  const double lower = std::log2(std::abs(bucket.lower));
  const double upper = std::log2(std::abs(bucket.upper));
  const double at = std::log2(std::abs(value));
  if (bucket.lower > 0) return (at - lower) / (upper - lower);
  return 1 - (at - upper) / (lower - upper);
}

double QuantileOf(double q, const model::Histogram& histogram) {
  if (q < 0) return -kInfinity;
  if (q > 1) return kInfinity;
  if (histogram.count == 0 || std::isnan(q)) return kNan;
  std::vector<Bucket> buckets = InterpolationBuckets(histogram);
  // NaN observations are counted but in no bucket: then the ranks are right from below only.
  const bool from_below = std::isnan(histogram.sum) || q < 0.5;
  if (!from_below) std::reverse(buckets.begin(), buckets.end());
  const double rank = (from_below ? q : 1 - q) * histogram.count;
  double count = 0;
  const Bucket* found = nullptr;
  for (const Bucket& bucket : buckets) {
    if (bucket.count == 0) continue;
    found = &bucket;
    count += bucket.count;
    if (count >= rank) break;
  }
  if (found == nullptr) return kNan;
  if (histogram.UsesCustomBuckets()) {
    if (found->lower == -kInfinity) return found->upper;
    if (found->upper == kInfinity) return found->lower;
  }
  count = std::min(count, histogram.count);
  if (count < rank) return std::isnan(histogram.sum) ? kNan : found->upper;
  const double into = from_below ? rank - (count - found->count) : count - rank;
  return ValueAtShare(histogram, *found, into / found->count);
}

double FractionOf(double lower, double upper, const model::Histogram& histogram) {
  if (histogram.count == 0 || std::isnan(lower) || std::isnan(upper)) return kNan;
  if (lower >= upper) return 0;
  const std::vector<Bucket> buckets = InterpolationBuckets(histogram);
  const auto rank_of = [&](double value) {
    double rank = 0;
    for (const Bucket& bucket : buckets) {
      if (bucket.lower >= value) return rank;
      if (bucket.upper > value) return rank + bucket.count * ShareBelow(histogram, bucket, value);
      rank += bucket.count;
    }
    return rank;
  };
  return (rank_of(upper) - rank_of(lower)) / histogram.count;
}

double VarianceOf(const model::Histogram& histogram) {
  const double mean = histogram.sum / histogram.count;
  CompensatedSum squares;
  for (const Bucket& bucket : BucketsOf(histogram)) {
    if (bucket.count == 0) continue;
    double middle = 0;
    if (histogram.UsesCustomBuckets()) {
      middle = (bucket.upper + bucket.lower) / 2;
    } else if (bucket.lower > 0 || bucket.upper < 0) {
      middle = std::copysign(std::sqrt(bucket.upper * bucket.lower), bucket.lower);
    }
    squares.Add(bucket.count * (middle - mean) * (middle - mean));
  }
  return (squares.sum + squares.lost) / histogram.count;
}

}  // namespace glint::promql
