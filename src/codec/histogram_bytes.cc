#include "codec/histogram_bytes.h"

#include <vector>

namespace glint::codec {
namespace {

void PutSpans(const std::vector<model::BucketSpan>& spans, ByteWriter& out) {
  out.Varint(spans.size());
  for (const model::BucketSpan& span : spans) {
    out.SignedVarint(span.offset);
    out.Varint(span.length);
  }
}

void PutDoubles(const std::vector<double>& values, ByteWriter& out) {
  out.Varint(values.size());
  for (const double value : values) out.Double(value);
}

std::vector<model::BucketSpan> GetSpans(ByteReader& in) {
  std::vector<model::BucketSpan> spans(in.Count(2));
  for (model::BucketSpan& span : spans) {
    const int64_t offset = in.SignedVarint();
    if (offset < INT32_MIN || offset > INT32_MAX) in.Fail();
    span.offset = static_cast<int32_t>(offset);
    span.length = in.Varint32();
  }
  return spans;
}

std::vector<double> GetDoubles(ByteReader& in) {
  std::vector<double> values(in.Count(8));
  for (double& value : values) value = in.Double();
  return values;
}

void CheckLengths(const std::vector<model::BucketSpan>& spans, const std::vector<double>& buckets,
                  ByteReader& in) {
  uint64_t length = 0;
  for (const model::BucketSpan& span : spans) length += span.length;
  if (length != buckets.size()) in.Fail();
}

}  // namespace

void PutHistogram(const model::Histogram& histogram, ByteWriter& out) {
  out.U8(static_cast<uint8_t>(histogram.counter_reset_hint));
  out.SignedVarint(histogram.schema);
  out.Double(histogram.zero_threshold);
  out.Double(histogram.zero_count);
  out.Double(histogram.count);
  out.Double(histogram.sum);
  PutSpans(histogram.positive_spans, out);
  PutSpans(histogram.negative_spans, out);
  PutDoubles(histogram.positive_buckets, out);
  PutDoubles(histogram.negative_buckets, out);
  PutDoubles(histogram.custom_values, out);
}

model::Histogram GetHistogram(ByteReader& in) {
  model::Histogram histogram;
  const uint8_t hint = in.U8();
  const int64_t schema = in.SignedVarint();
  if (hint > static_cast<uint8_t>(model::CounterResetHint::kGauge) || schema < INT32_MIN ||
      schema > INT32_MAX) {
    in.Fail();
    return histogram;
  }
  histogram.counter_reset_hint = static_cast<model::CounterResetHint>(hint);
  histogram.schema = static_cast<int32_t>(schema);
  histogram.zero_threshold = in.Double();
  histogram.zero_count = in.Double();
  histogram.count = in.Double();
  histogram.sum = in.Double();
  histogram.positive_spans = GetSpans(in);
  histogram.negative_spans = GetSpans(in);
  histogram.positive_buckets = GetDoubles(in);
  histogram.negative_buckets = GetDoubles(in);
  histogram.custom_values = GetDoubles(in);
  CheckLengths(histogram.positive_spans, histogram.positive_buckets, in);
  CheckLengths(histogram.negative_spans, histogram.negative_buckets, in);
  return in.ok() ? histogram : model::Histogram();
}

}  // namespace glint::codec
