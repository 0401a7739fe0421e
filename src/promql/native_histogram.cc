#include "promql/native_histogram.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "promql/quoting.h"

namespace glint::promql {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

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

// A histogram taken apart, as arithmetic wants it.
struct Parts {
  std::vector<IndexedBucket> positive;
  std::vector<IndexedBucket> negative;
  double zero_count = 0;
  double zero_threshold = 0;
  int32_t schema = 0;

  explicit Parts(const model::Histogram& h)
      : positive(Expand(h.positive_spans, h.positive_buckets)),
        negative(Expand(h.negative_spans, h.negative_buckets)),
        zero_count(h.zero_count),
        zero_threshold(h.zero_threshold),
        schema(h.schema) {}

  void Reduce(int32_t to) {
    if (to >= schema) return;
    ReduceBuckets(positive, schema, to);
    ReduceBuckets(negative, schema, to);
    schema = to;
  }

  // Widens the zero bucket to `threshold`, or to the end of a populated bucket across it.
  void WidenZero(double threshold) {
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
};

void ReconcileZero(Parts& a, Parts& b) {
  while (a.zero_threshold != b.zero_threshold) {
    if (a.zero_threshold > b.zero_threshold) {
      b.WidenZero(a.zero_threshold);
    } else {
      a.WidenZero(b.zero_threshold);
    }
  }
}

std::vector<IndexedBucket> Combine(const std::vector<IndexedBucket>& a,
                                   const std::vector<IndexedBucket>& b, double sign) {
  std::vector<IndexedBucket> out;
  out.reserve(a.size() + b.size());
  size_t i = 0;
  size_t j = 0;
  while (i < a.size() || j < b.size()) {
    if (j == b.size() || (i < a.size() && a[i].index < b[j].index)) {
      out.push_back(a[i++]);
    } else if (i == a.size() || b[j].index < a[i].index) {
      out.push_back({b[j].index, sign * b[j].count});
      ++j;
    } else {
      out.push_back({a[i].index, a[i].count + sign * b[j].count});
      ++i;
      ++j;
    }
  }
  return out;
}

// Buckets of custom bounds `from` as buckets of the bounds `to`, a subset of them.
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

bool MergeHints(model::Histogram& into, const model::Histogram& other) {
  using Hint = model::CounterResetHint;
  const Hint a = into.counter_reset_hint;
  const Hint b = other.counter_reset_hint;
  if (a == b || a == Hint::kGauge) return false;
  if (b == Hint::kGauge) {
    into.counter_reset_hint = Hint::kGauge;
    return false;
  }
  into.counter_reset_hint = Hint::kUnknown;
  return a != Hint::kUnknown && b != Hint::kUnknown;
}

HistogramMeeting Accumulate(model::Histogram& into, const model::Histogram& other, double sign) {
  HistogramMeeting met;
  if (into.UsesCustomBuckets() != other.UsesCustomBuckets()) {
    met.incompatible = true;
    return met;
  }
  met.hints_collided = MergeHints(into, other);
  Parts a(into);
  Parts b(other);
  if (into.UsesCustomBuckets()) {
    if (into.custom_values != other.custom_values) {
      std::vector<double> common;
      std::set_intersection(into.custom_values.begin(), into.custom_values.end(),
                            other.custom_values.begin(), other.custom_values.end(),
                            std::back_inserter(common));
      a.positive = MapToBounds(a.positive, into.custom_values, common);
      b.positive = MapToBounds(b.positive, other.custom_values, common);
      into.custom_values = std::move(common);
      met.bounds_reconciled = true;
    }
  } else {
    const int32_t schema = std::min(a.schema, b.schema);
    ReconcileZero(a, b);
    a.Reduce(schema);
    b.Reduce(schema);
    into.schema = schema;
    into.zero_threshold = a.zero_threshold;
    into.zero_count = a.zero_count + sign * b.zero_count;
    Collapse(Combine(a.negative, b.negative, sign), into.negative_spans, into.negative_buckets);
  }
  into.count += sign * other.count;
  into.sum += sign * other.sum;
  Collapse(Combine(a.positive, b.positive, sign), into.positive_spans, into.positive_buckets);
  return met;
}

// Whether any bucket of `before` held more than it does `now`.
bool AnyDecrease(const std::vector<IndexedBucket>& now, const std::vector<IndexedBucket>& before) {
  size_t i = 0;
  for (const IndexedBucket& bucket : before) {
    while (i < now.size() && now[i].index < bucket.index) ++i;
    const double count = i < now.size() && now[i].index == bucket.index ? now[i].count : 0;
    if (count < bucket.count) return true;
  }
  return false;
}

bool SameBits(double a, double b) {
  return std::bit_cast<uint64_t>(a) == std::bit_cast<uint64_t>(b) || a == b;
}

bool SameBuckets(const std::vector<IndexedBucket>& a, const std::vector<IndexedBucket>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const IndexedBucket& x, const IndexedBucket& y) {
                      return x.index == y.index && SameBits(x.count, y.count);
                    });
}

}  // namespace

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

HistogramMeeting Add(model::Histogram& into, const model::Histogram& other) {
  return Accumulate(into, other, 1);
}
HistogramMeeting Subtract(model::Histogram& from, const model::Histogram& other) {
  return Accumulate(from, other, -1);
}

void Multiply(model::Histogram& histogram, double factor) {
  histogram.zero_count *= factor;
  histogram.count *= factor;
  histogram.sum *= factor;
  for (double& count : histogram.positive_buckets) count *= factor;
  for (double& count : histogram.negative_buckets) count *= factor;
  if (factor < 0) histogram.counter_reset_hint = model::CounterResetHint::kGauge;
}

void Divide(model::Histogram& histogram, double divisor) {
  histogram.zero_count /= divisor;
  histogram.count /= divisor;
  histogram.sum /= divisor;
  if (divisor < 0) histogram.counter_reset_hint = model::CounterResetHint::kGauge;
  if (divisor == 0) {
    histogram.positive_spans.clear();
    histogram.positive_buckets.clear();
    histogram.negative_spans.clear();
    histogram.negative_buckets.clear();
    return;
  }
  for (double& count : histogram.positive_buckets) count /= divisor;
  for (double& count : histogram.negative_buckets) count /= divisor;
}

void ReduceSchema(model::Histogram& histogram, int32_t schema) {
  if (histogram.UsesCustomBuckets() || schema >= histogram.schema) return;
  Parts parts(histogram);
  parts.Reduce(schema);
  histogram.schema = schema;
  Collapse(parts.positive, histogram.positive_spans, histogram.positive_buckets);
  Collapse(parts.negative, histogram.negative_spans, histogram.negative_buckets);
}

void Compact(model::Histogram& histogram) {
  const Parts parts(histogram);
  Collapse(parts.positive, histogram.positive_spans, histogram.positive_buckets);
  Collapse(parts.negative, histogram.negative_spans, histogram.negative_buckets);
}

bool WasReset(const model::Histogram& now, const model::Histogram& before) {
  using Hint = model::CounterResetHint;
  if (now.counter_reset_hint == Hint::kReset) return true;
  if (now.counter_reset_hint == Hint::kNotReset) return false;
  // A gauge has no resets.
  if (now.counter_reset_hint == Hint::kGauge || before.counter_reset_hint == Hint::kGauge) {
    return false;
  }
  if (now.count < before.count) return true;
  if (now.UsesCustomBuckets() != before.UsesCustomBuckets()) return true;
  Parts a(now);
  Parts b(before);
  if (now.UsesCustomBuckets()) {
    if (now.custom_values != before.custom_values) {
      std::vector<double> common;
      std::set_intersection(now.custom_values.begin(), now.custom_values.end(),
                            before.custom_values.begin(), before.custom_values.end(),
                            std::back_inserter(common));
      a.positive = MapToBounds(a.positive, now.custom_values, common);
      b.positive = MapToBounds(b.positive, before.custom_values, common);
    }
    return AnyDecrease(a.positive, b.positive);
  }
  // A counter may lose resolution and widen its zero bucket, but not the reverse.
  if (now.schema > before.schema || now.zero_threshold < before.zero_threshold) return true;
  b.WidenZero(now.zero_threshold);
  if (b.zero_threshold != now.zero_threshold) return true;
  if (now.zero_count < b.zero_count) return true;
  b.Reduce(now.schema);
  return AnyDecrease(a.positive, b.positive) || AnyDecrease(a.negative, b.negative);
}

bool SameObservations(const model::Histogram& a, const model::Histogram& b) {
  if (a.schema != b.schema || !SameBits(a.count, b.count) || !SameBits(a.sum, b.sum)) return false;
  if (a.UsesCustomBuckets()) {
    if (a.custom_values != b.custom_values) return false;
  } else if (a.zero_threshold != b.zero_threshold || !SameBits(a.zero_count, b.zero_count)) {
    return false;
  }
  model::Histogram x = a;
  model::Histogram y = b;
  Compact(x);
  Compact(y);
  return SameBuckets(Expand(x.positive_spans, x.positive_buckets),
                     Expand(y.positive_spans, y.positive_buckets)) &&
         SameBuckets(Expand(x.negative_spans, x.negative_buckets),
                     Expand(y.negative_spans, y.negative_buckets));
}

std::vector<Bucket> BucketsOf(const model::Histogram& histogram) {
  std::vector<Bucket> out;
  const std::vector<IndexedBucket> positive =
      Expand(histogram.positive_spans, histogram.positive_buckets);
  if (histogram.UsesCustomBuckets()) {
    const std::vector<double>& bounds = histogram.custom_values;
    for (const IndexedBucket& bucket : positive) {
      const auto i = static_cast<size_t>(bucket.index);
      const double lower = i == 0 || i > bounds.size() ? -kInfinity : bounds[i - 1];
      const double upper = i < bounds.size() ? bounds[i] : kInfinity;
      out.push_back({lower, upper, bucket.count, i == 0, true});
    }
    return out;
  }
  const int32_t schema = histogram.schema;
  std::vector<IndexedBucket> negative =
      Expand(histogram.negative_spans, histogram.negative_buckets);
  std::reverse(negative.begin(), negative.end());
  for (const IndexedBucket& bucket : negative) {
    out.push_back({-UpperBound(bucket.index, schema), -UpperBound(bucket.index - 1, schema),
                   bucket.count, true, false});
  }
  if (histogram.zero_count != 0) {
    out.push_back(
        {-histogram.zero_threshold, histogram.zero_threshold, histogram.zero_count, true, true});
  }
  for (const IndexedBucket& bucket : positive) {
    out.push_back({UpperBound(bucket.index - 1, schema), UpperBound(bucket.index, schema),
                   bucket.count, false, true});
  }
  return out;
}

std::string ToText(const model::Histogram& histogram) {
  std::string out = "{count:" + FormatG(histogram.count) + ", sum:" + FormatG(histogram.sum);
  for (const Bucket& bucket : BucketsOf(histogram)) {
    if (bucket.count == 0) continue;
    out += ", ";
    out += bucket.lower_inclusive ? '[' : '(';
    out += FormatG(bucket.lower) + "," + FormatG(bucket.upper);
    out += bucket.upper_inclusive ? ']' : ')';
    out += ":" + FormatG(bucket.count);
  }
  return out + "}";
}

}  // namespace glint::promql
