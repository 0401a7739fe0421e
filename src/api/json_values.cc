#include "api/json_values.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <cstdint>

namespace glint::api {
namespace {

// How the ends of a bucket are meant, as the API numbers them.
enum BoundaryRule { kOpenLeft = 0, kOpenRight = 1, kOpenBoth = 2, kClosedBoth = 3 };

void WriteBucket(BoundaryRule rule, double from, double to, double count, JsonWriter& json) {
  if (count == 0) return;
  json.BeginArray().Int(rule).String(FormatValue(from)).String(FormatValue(to));
  json.String(FormatValue(count)).EndArray();
}

// The upper end of exponential bucket `index`.
double ExponentialBound(int32_t schema, int64_t index) {
  return std::exp2(std::ldexp(static_cast<double>(index), -schema));
}

double UpperBound(const model::Histogram& histogram, int64_t index) {
  if (!histogram.UsesCustomBuckets()) return ExponentialBound(histogram.schema, index);
  const auto& bounds = histogram.custom_values;
  return index < static_cast<int64_t>(bounds.size()) ? bounds[static_cast<size_t>(index)]
                                                     : INFINITY;
}

double LowerBound(const model::Histogram& histogram, int64_t index) {
  if (!histogram.UsesCustomBuckets()) return ExponentialBound(histogram.schema, index - 1);
  return index <= 0 ? -INFINITY : UpperBound(histogram, index - 1);
}

struct IndexedBucket {
  int64_t index;
  double count;
};

std::vector<IndexedBucket> Indexed(const std::vector<model::BucketSpan>& spans,
                                   const std::vector<double>& counts) {
  std::vector<IndexedBucket> out;
  int64_t index = 0;
  size_t next = 0;
  for (const model::BucketSpan& span : spans) {
    index += span.offset;
    for (uint32_t i = 0; i < span.length && next < counts.size(); ++i, ++next, ++index) {
      out.push_back({index, counts[next]});
    }
  }
  return out;
}

}  // namespace

std::string FormatValue(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  const double size = std::fabs(value);
  const bool exponent = size != 0 && (size < 1e-6 || size >= 1e21);
  char buffer[64];
  const auto end =
      std::to_chars(buffer, buffer + sizeof buffer, value,
                    exponent ? std::chars_format::scientific : std::chars_format::fixed)
          .ptr;
  return std::string(buffer, end);
}

void WriteTime(model::TimeMs time, JsonWriter& json) {
  const uint64_t size = time < 0 ? 0 - static_cast<uint64_t>(time) : static_cast<uint64_t>(time);
  std::string text = time < 0 ? "-" : "";
  text += std::to_string(size / 1000);
  if (const uint64_t ms = size % 1000; ms != 0) {
    text += fmt::format(".{:03}", ms);
    while (text.back() == '0') text.pop_back();
  }
  json.Raw(text);
}

void WriteSample(model::TimeMs time, double value, JsonWriter& json) {
  json.BeginArray();
  WriteTime(time, json);
  json.String(FormatValue(value)).EndArray();
}

void WriteLabels(const model::Labels& labels, JsonWriter& json) {
  json.BeginObject();
  for (const model::Label& label : labels) json.Key(label.name).String(label.value);
  json.EndObject();
}

void WriteHistogram(model::TimeMs time, const model::Histogram& histogram, JsonWriter& json) {
  json.BeginArray();
  WriteTime(time, json);
  json.BeginObject().Key("count").String(FormatValue(histogram.count));
  json.Key("sum").String(FormatValue(histogram.sum)).Key("buckets").BeginArray();
  const auto negative = Indexed(histogram.negative_spans, histogram.negative_buckets);
  for (size_t i = negative.size(); i-- > 0;) {
    const int64_t index = negative[i].index;
    WriteBucket(kOpenRight, -UpperBound(histogram, index), -LowerBound(histogram, index),
                negative[i].count, json);
  }
  WriteBucket(kClosedBoth, -histogram.zero_threshold, histogram.zero_threshold,
              histogram.zero_count, json);
  for (const IndexedBucket& bucket :
       Indexed(histogram.positive_spans, histogram.positive_buckets)) {
    const double from = LowerBound(histogram, bucket.index);
    WriteBucket(std::isinf(from) ? kOpenBoth : kOpenLeft, from, UpperBound(histogram, bucket.index),
                bucket.count, json);
  }
  json.EndArray().EndObject().EndArray();
}

}  // namespace glint::api
