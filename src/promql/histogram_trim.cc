#include "promql/histogram_trim.h"

#include <cmath>

#include "promql/histogram_quantile.h"

namespace glint::promql {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

class Trimmer {
 public:
  Trimmer(model::Histogram& histogram, double bound, bool upper)
      : histogram_(histogram), bound_(bound), upper_(upper) {}

  void Run() {
    const model::Histogram before = histogram_;
    // In the order of BucketsOf().
    const std::vector<Bucket> buckets = InterpolationBuckets(before);
    std::vector<IndexedBucket> negative = Expand(before.negative_spans, before.negative_buckets);
    std::vector<IndexedBucket> positive = Expand(before.positive_spans, before.positive_buckets);
    size_t next = 0;
    for (size_t i = negative.size(); i-- > 0;) negative[i].count = Keep(buckets[next++]);
    if (before.zero_count != 0 && !before.UsesCustomBuckets()) {
      histogram_.zero_count = Keep(buckets[next++]);
    }
    for (IndexedBucket& bucket : positive) bucket.count = Keep(buckets[next++]);
    if (!trimmed_) return;
    histogram_.count = count_;
    histogram_.sum = sum_;
    Collapse(negative, histogram_.negative_spans, histogram_.negative_buckets);
    Collapse(positive, histogram_.positive_spans, histogram_.positive_buckets);
  }

 private:
  // How many of the bucket's observations stay.
  double Keep(const Bucket& bucket) {
    Bucket kept = bucket;
    const bool all = upper_ ? bucket.upper <= bound_ : bucket.lower >= bound_;
    const bool none = upper_ ? bucket.lower >= bound_ : bucket.upper <= bound_;
    // Where the bucket was given a lower bound of zero, a bound below that lies outside all the
    // same; then as for one that has none.
    const bool open_below =
        bucket.lower == -kInfinity || (histogram_.UsesCustomBuckets() && bucket.lower_inclusive &&
                                       (bound_ < 0 || bucket.upper == kInfinity));
    if (open_below && bucket.upper > bound_ && bound_ != -kInfinity) {
      kept.count = upper_ ? bucket.count : 0;
      kept.lower = kept.upper = bound_;
    } else if (all && (!upper_ || bound_ == kInfinity || bucket.upper != kInfinity)) {
      kept = bucket;
    } else if (none) {
      kept.count = 0;
    } else if (bucket.upper == kInfinity) {
      kept.count = upper_ ? 0 : bucket.count;
      kept.lower = kept.upper = bound_;
    } else {
      const double below = ShareBelow(histogram_, bucket, bound_);
      kept.count = bucket.count * (upper_ ? below : 1 - below);
      (upper_ ? kept.upper : kept.lower) = bound_;
    }
    if (kept.count != bucket.count || kept.lower != bucket.lower || kept.upper != bucket.upper) {
      trimmed_ = trimmed_ || bucket.count != 0;
    }
    count_ += kept.count;
    if (kept.count != 0) sum_ += kept.count * MiddleOf(kept);
    return kept.count;
  }

  double MiddleOf(const Bucket& bucket) const {
    if (bucket.lower == -kInfinity) return bucket.upper;
    if (bucket.upper == kInfinity) return bucket.lower;
    if (histogram_.UsesCustomBuckets() || (bucket.lower <= 0 && bucket.upper >= 0) ||
        zero_bucket(bucket)) {
      return (bucket.lower + bucket.upper) / 2;
    }
    return std::copysign(std::sqrt(bucket.lower * bucket.upper), bucket.lower);
  }
  bool zero_bucket(const Bucket& bucket) const {
    return bucket.lower >= -histogram_.zero_threshold && bucket.upper <= histogram_.zero_threshold;
  }

  model::Histogram& histogram_;
  const double bound_;
  const bool upper_;
  bool trimmed_ = false;
  double count_ = 0;
  double sum_ = 0;
};

}  // namespace

void Trim(model::Histogram& histogram, double bound, bool upper) {
  Trimmer(histogram, bound, upper).Run();
}

}  // namespace glint::promql
