#include "promql/histogram_parts.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>

namespace glint::promql {
namespace {

int32_t ReducedIndex(int32_t index, int32_t from_schema, int32_t to_schema) {
  return ((index - 1) >> (from_schema - to_schema)) + 1;
}

void ReduceBuckets(std::vector<IndexedBucket>& buckets, int32_t from, int32_t to) {
  size_t kept = 0;
  for (size_t i = 0; i < buckets.size(); ++i) {
    const IndexedBucket bucket = {ReducedIndex(buckets[i].index, from, to), buckets[i].count};
    if (kept > 0 && buckets[kept - 1].index == bucket.index) {
      buckets[kept - 1].count += bucket.count;
    } else {
      buckets[kept++] = bucket;
    }
  }
  buckets.resize(kept);
}

}  // namespace

HistogramParts::HistogramParts(const model::Histogram& h)
    : positive(Expand(h.positive_spans, h.positive_buckets)),
      negative(Expand(h.negative_spans, h.negative_buckets)),
      zero_count(h.zero_count),
      zero_threshold(h.zero_threshold),
      schema(h.schema) {}

void HistogramParts::Reduce(int32_t to) {
  if (to >= schema) return;
  ReduceBuckets(positive, schema, to);
  ReduceBuckets(negative, schema, to);
  schema = to;
}

void HistogramParts::WidenZero(double threshold) {
  double wide = threshold;
  for (bool again = true; again;) {
    again = false;
    for (const auto* side : {&positive, &negative}) {
      for (const IndexedBucket& bucket : *side) {
        const double lower = UpperBound(bucket.index - 1, schema);
        const double upper = UpperBound(bucket.index, schema);
        if (lower < wide && upper > wide && bucket.count != 0) {
          wide = upper;
          again = true;
        }
      }
    }
  }
  for (auto* side : {&positive, &negative}) {
    std::erase_if(*side, [&](const IndexedBucket& bucket) {
      if (UpperBound(bucket.index - 1, schema) >= wide) return false;
      zero_count += bucket.count;
      return true;
    });
  }
  zero_threshold = wide;
}

void ReconcileZero(HistogramParts& a, HistogramParts& b) {
  while (a.zero_threshold != b.zero_threshold) {
    if (a.zero_threshold > b.zero_threshold) {
      b.WidenZero(a.zero_threshold);
    } else {
      a.WidenZero(b.zero_threshold);
    }
  }
}

std::vector<double> CommonBounds(const std::vector<double>& a, const std::vector<double>& b) {
  std::vector<double> common;
  std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(common));
  return common;
}

std::vector<IndexedBucket> MapToBounds(const std::vector<IndexedBucket>& buckets,
                                       const std::vector<double>& from,
                                       const std::vector<double>& to) {
  std::vector<IndexedBucket> out;
  for (const IndexedBucket& bucket : buckets) {
    const auto i = static_cast<size_t>(bucket.index);
    size_t target = to.size();
    if (i < from.size()) {
      target = static_cast<size_t>(std::lower_bound(to.begin(), to.end(), from[i]) - to.begin());
    }
    const auto index = static_cast<int32_t>(target);
    if (!out.empty() && out.back().index == index) {
      out.back().count += bucket.count;
    } else {
      out.push_back({index, bucket.count});
    }
  }
  return out;
}

std::vector<IndexedBucket> Expand(const std::vector<model::BucketSpan>& spans,
                                  const std::vector<double>& counts) {
  std::vector<IndexedBucket> out;
  out.reserve(counts.size());
  int32_t index = 0;
  size_t next = 0;
  for (const model::BucketSpan& span : spans) {
    index += span.offset;
    for (uint32_t i = 0; i < span.length && next < counts.size(); ++i) {
      out.push_back({index++, counts[next++]});
    }
  }
  return out;
}

void Collapse(const std::vector<IndexedBucket>& buckets, std::vector<model::BucketSpan>& spans,
              std::vector<double>& counts) {
  spans.clear();
  counts.clear();
  int32_t next = 0;
  for (const IndexedBucket& bucket : buckets) {
    if (bucket.count == 0) continue;
    if (spans.empty() || bucket.index != next) {
      spans.push_back({bucket.index - next, 0});
    }
    ++spans.back().length;
    counts.push_back(bucket.count);
    next = bucket.index + 1;
  }
}

double UpperBound(int32_t index, int32_t schema) {
  if (schema < 0) {
    return std::ldexp(
        1.0, std::clamp<int64_t>(static_cast<int64_t>(index) * (1 << -schema), -2000, 2000));
  }
  // The fraction by exp2, the whole part exactly.
  const int32_t mask = (1 << schema) - 1;
  const double fraction = static_cast<double>(index & mask) / (1 << schema);
  const double bound = std::ldexp(std::exp2(fraction), index >> schema);
  // The last bucket of finite values ends at the largest of them.
  if (std::isinf(bound) && (index >> schema) == 1024 && (index & mask) == 0) {
    return std::numeric_limits<double>::max();
  }
  return bound;
}

}  // namespace glint::promql
