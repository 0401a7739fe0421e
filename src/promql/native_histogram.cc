#include "promql/native_histogram.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "promql/histogram_parts.h"
#include "promql/quoting.h"

namespace glint::promql {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

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

HistogramMeeting Accumulate(model::Histogram& into, const model::Histogram& other, double sign) {
  HistogramMeeting met;
  if (into.UsesCustomBuckets() != other.UsesCustomBuckets()) {
    met.incompatible = true;
    return met;
  }
  met.hints_collided = MergeHints(into, other);
  HistogramParts a(into);
  HistogramParts b(other);
  if (into.UsesCustomBuckets()) {
    if (into.custom_values != other.custom_values) {
      std::vector<double> common = CommonBounds(into.custom_values, other.custom_values);
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
  HistogramParts parts(histogram);
  parts.Reduce(schema);
  histogram.schema = schema;
  Collapse(parts.positive, histogram.positive_spans, histogram.positive_buckets);
  Collapse(parts.negative, histogram.negative_spans, histogram.negative_buckets);
}

void Compact(model::Histogram& histogram) {
  const HistogramParts parts(histogram);
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
  HistogramParts a(now);
  HistogramParts b(before);
  if (now.UsesCustomBuckets()) {
    if (now.custom_values != before.custom_values) {
      std::vector<double> common = CommonBounds(now.custom_values, before.custom_values);
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
