#include <algorithm>
#include <cmath>

#include "promql/histogram_quantile.h"

namespace glint::promql {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();
// Smaller steps down are rounding errors of rate() and sum().
constexpr double kRounding = 1e-12;

bool NearlyEqual(double a, double b) {
  if (a == b) return true;
  if (std::isnan(a) || std::isnan(b)) return false;
  return std::abs(a - b) / std::min(std::abs(a) + std::abs(b), std::numeric_limits<double>::max()) <
         kRounding;
}

void SortAndUnite(std::vector<ClassicBucket>& buckets) {
  std::sort(buckets.begin(), buckets.end(),
            [](const ClassicBucket& a, const ClassicBucket& b) { return a.upper < b.upper; });
  size_t kept = 0;
  for (size_t i = 0; i < buckets.size(); ++i) {
    if (kept > 0 && buckets[kept - 1].upper == buckets[i].upper) {
      buckets[kept - 1].count += buckets[i].count;
    } else {
      buckets[kept++] = buckets[i];
    }
  }
  buckets.resize(kept);
}

// True where that took more than correcting rounding.
bool MakeMonotonic(std::vector<ClassicBucket>& buckets) {
  bool forced = false;
  double before = buckets[0].count;
  for (size_t i = 1; i < buckets.size(); ++i) {
    const double count = buckets[i].count;
    if (count == before) continue;
    if (NearlyEqual(before, count)) {
      buckets[i].count = before;
    } else if (count < before) {
      buckets[i].count = before;
      forced = true;
    } else {
      before = count;
    }
  }
  return forced;
}

}  // namespace

ClassicQuantile QuantileOf(double q, std::vector<ClassicBucket>& buckets) {
  if (std::isnan(q)) return {kNan};
  if (q < 0) return {-kInfinity};
  if (q > 1) return {kInfinity};
  if (buckets.empty()) return {kNan};
  SortAndUnite(buckets);
  if (buckets.back().upper != kInfinity) return {kNan};
  const bool forced = MakeMonotonic(buckets);
  if (buckets.size() < 2) return {kNan, forced};
  const double observations = buckets.back().count;
  if (observations == 0) return {kNan, forced};
  double rank = q * observations;
  const size_t last = buckets.size() - 1;
  size_t b = 0;
  while (b < last && !(buckets[b].count >= rank)) ++b;
  if (b == last) return {buckets[last - 1].upper, forced};
  if (b == 0 && buckets[0].upper <= 0) return {buckets[0].upper, forced};
  double start = 0;
  double count = buckets[b].count;
  if (b > 0) {
    start = buckets[b - 1].upper;
    count -= buckets[b - 1].count;
    rank -= buckets[b - 1].count;
  }
  return {start + (buckets[b].upper - start) * (rank / count), forced};
}

double FractionOf(double lower, double upper, std::vector<ClassicBucket>& buckets) {
  if (buckets.empty()) return kNan;
  SortAndUnite(buckets);
  const double count = buckets.back().count;
  if (buckets.back().upper != kInfinity || count == 0 || std::isnan(lower) || std::isnan(upper)) {
    return kNan;
  }
  if (lower >= upper) return 0;
  // How many observations lie below `value`.
  const auto rank_of = [&](double value) {
    double rank = 0;
    for (size_t i = 0; i < buckets.size(); ++i) {
      double start = -kInfinity;
      if (i > 0) {
        start = buckets[i - 1].upper;
      } else if (buckets[0].upper > 0) {
        start = 0;
      }
      const double end = buckets[i].upper;
      if (start >= value) return rank;
      if (end > value) {
        if (std::isinf(start)) return buckets[i].count;
        return rank + (buckets[i].count - rank) * (value - start) / (end - start);
      }
      rank = buckets[i].count;
    }
    return count;
  };
  return (std::min(rank_of(upper), count) - std::min(rank_of(lower), count)) / count;
}

}  // namespace glint::promql
