#include "wire/remote_write_histogram.h"

#include <cmath>
#include <limits>

#include "model/sample.h"
#include "wire/otlp_proto_reader.h"
#include "wire/remote_write_fields.h"

namespace glint::wire::remote_write {
namespace {

using model::BucketSpan;
using model::Histogram;
using otlp::Bytes;
using otlp::Fixed64;
using otlp::Varint;
using protozero::pbf_reader;
using Field = HistogramField;

// The buckets of one sign as sent: counts, or each one's difference from the one before.
struct SentBuckets {
  std::vector<int64_t> deltas;
  std::vector<double> counts;
};

struct SentHistogram {
  Histogram histogram;
  model::TimeMs time = 0;
  model::TimeMs start_time = 0;
  bool is_float = false;
  uint64_t count_int = 0;
  uint64_t zero_count_int = 0;
  SentBuckets positive;
  SentBuckets negative;
};

BucketSpan ReadSpan(pbf_reader message) {
  BucketSpan span;
  while (message.next()) {
    switch (message.tag_and_type()) {
      case Varint(SpanField::kOffset):
        span.offset = message.get_sint32();
        break;
      case Varint(SpanField::kLength):
        span.length = message.get_uint32();
        break;
      default:
        message.skip();
    }
  }
  return span;
}

template <typename Range, typename Value>
void AppendAll(const Range& range, std::vector<Value>& out) {
  out.insert(out.end(), range.begin(), range.end());
}

model::CounterResetHint ResetHintOf(int32_t number) {
  return number >= 0 && number <= static_cast<int32_t>(model::CounterResetHint::kGauge)
             ? static_cast<model::CounterResetHint>(number)
             : model::CounterResetHint::kUnknown;
}

SentHistogram ReadFields(pbf_reader message) {
  SentHistogram out;
  Histogram& histogram = out.histogram;
  while (message.next()) {
    switch (message.tag_and_type()) {
      case Varint(Field::kCountInt):
        out.count_int = message.get_uint64();
        out.is_float = false;
        break;
      case Fixed64(Field::kCountFloat):
        histogram.count = message.get_double();
        out.is_float = true;
        break;
      case Fixed64(Field::kSum):
        histogram.sum = message.get_double();
        break;
      case Varint(Field::kSchema):
        histogram.schema = message.get_sint32();
        break;
      case Fixed64(Field::kZeroThreshold):
        histogram.zero_threshold = message.get_double();
        break;
      case Varint(Field::kZeroCountInt):
        out.zero_count_int = message.get_uint64();
        break;
      case Fixed64(Field::kZeroCountFloat):
        histogram.zero_count = message.get_double();
        break;
      case Bytes(Field::kNegativeSpans):
        histogram.negative_spans.push_back(ReadSpan(message.get_message()));
        break;
      case Bytes(Field::kNegativeDeltas):
        AppendAll(message.get_packed_sint64(), out.negative.deltas);
        break;
      case Varint(Field::kNegativeDeltas):
        out.negative.deltas.push_back(message.get_sint64());
        break;
      case Bytes(Field::kNegativeCounts):
        AppendAll(message.get_packed_double(), out.negative.counts);
        break;
      case Fixed64(Field::kNegativeCounts):
        out.negative.counts.push_back(message.get_double());
        break;
      case Bytes(Field::kPositiveSpans):
        histogram.positive_spans.push_back(ReadSpan(message.get_message()));
        break;
      case Bytes(Field::kPositiveDeltas):
        AppendAll(message.get_packed_sint64(), out.positive.deltas);
        break;
      case Varint(Field::kPositiveDeltas):
        out.positive.deltas.push_back(message.get_sint64());
        break;
      case Bytes(Field::kPositiveCounts):
        AppendAll(message.get_packed_double(), out.positive.counts);
        break;
      case Fixed64(Field::kPositiveCounts):
        out.positive.counts.push_back(message.get_double());
        break;
      case Varint(Field::kResetHint):
        histogram.counter_reset_hint = ResetHintOf(message.get_enum());
        break;
      case Varint(Field::kTime):
        out.time = message.get_int64();
        break;
      case Bytes(Field::kCustomValues):
        AppendAll(message.get_packed_double(), histogram.custom_values);
        break;
      case Fixed64(Field::kCustomValues):
        histogram.custom_values.push_back(message.get_double());
        break;
      case Varint(Field::kStart):
        out.start_time = message.get_int64();
        break;
      default:
        message.skip();
    }
  }
  return out;
}

// The counts of one sign. `total` becomes their sum for integers, which floats may miss.
StatusOr<std::vector<double>> CountsOf(SentBuckets sent, bool is_float, std::string_view sign,
                                       uint64_t& total) {
  if (is_float) {
    for (size_t i = 0; i < sent.counts.size(); ++i) {
      if (sent.counts[i] >= 0) continue;
      return InvalidArgument("{} bucket {} has count {}", sign, i, sent.counts[i]);
    }
    return std::move(sent.counts);
  }
  std::vector<double> counts;
  counts.reserve(sent.deltas.size());
  int64_t count = 0;
  for (size_t i = 0; i < sent.deltas.size(); ++i) {
    if (__builtin_add_overflow(count, sent.deltas[i], &count) || count < 0 ||
        __builtin_add_overflow(total, static_cast<uint64_t>(count), &total)) {
      return InvalidArgument("{} bucket {} has a count below 0 or beyond 64 bits", sign, i);
    }
    counts.push_back(static_cast<double>(count));
  }
  return counts;
}

// Spans say as many buckets as there are, in ascending order, at indexes of 32 bits.
Status CheckSpans(const std::vector<BucketSpan>& spans, size_t buckets, std::string_view sign) {
  int64_t next = 0;
  uint64_t said = 0;
  for (size_t i = 0; i < spans.size(); ++i) {
    if (i > 0 && spans[i].offset < 0) {
      return InvalidArgument("{} span {} has offset {}: it overlaps the one before", sign, i,
                             spans[i].offset);
    }
    next += static_cast<int64_t>(spans[i].offset) + spans[i].length;
    said += spans[i].length;
    if (next > std::numeric_limits<int32_t>::max()) {
      return InvalidArgument("{} span {} ends at {}, beyond 32 bits", sign, i, next);
    }
  }
  if (said == buckets) return OkStatus();
  return InvalidArgument("{} spans say {} buckets, {} came", sign, said, buckets);
}

Status CheckCustomBuckets(const Histogram& histogram) {
  if (!histogram.negative_spans.empty() || !histogram.negative_buckets.empty() ||
      histogram.zero_count != 0 || histogram.zero_threshold != 0) {
    return InvalidArgument("custom buckets have neither negative ones nor a zero bucket");
  }
  const std::vector<double>& bounds = histogram.custom_values;
  for (size_t i = 0; i < bounds.size(); ++i) {
    if (!std::isfinite(bounds[i]) || (i > 0 && bounds[i] <= bounds[i - 1])) {
      return InvalidArgument("custom bound {} is {}: bounds are finite and ascend", i, bounds[i]);
    }
  }
  int64_t end = 0;
  for (const BucketSpan& span : histogram.positive_spans) {
    if (span.offset < 0) return InvalidArgument("custom buckets begin at {}", span.offset);
    end += static_cast<int64_t>(span.offset) + span.length;
  }
  if (end <= static_cast<int64_t>(bounds.size()) + 1) return OkStatus();
  return InvalidArgument("custom buckets end at {}, there are {} bounds", end, bounds.size());
}

}  // namespace

StatusOr<RemoteWriteHistogram> ReadHistogram(pbf_reader message) {
  SentHistogram sent = ReadFields(message);
  Histogram& histogram = sent.histogram;
  const bool known_schema =
      histogram.UsesCustomBuckets() ||
      (histogram.schema >= model::kMinSchema && histogram.schema <= model::kMaxSchema);
  if (!known_schema) {
    return InvalidArgument("schema is {}; known are {} to {} and {}", histogram.schema,
                           model::kMinSchema, model::kMaxSchema, model::kCustomBucketsSchema);
  }
  uint64_t total = sent.zero_count_int;
  ASSIGN_OR_RETURN(histogram.positive_buckets,
                   CountsOf(std::move(sent.positive), sent.is_float, "positive", total));
  ASSIGN_OR_RETURN(histogram.negative_buckets,
                   CountsOf(std::move(sent.negative), sent.is_float, "negative", total));
  if (!sent.is_float) {
    histogram.count = static_cast<double>(sent.count_int);
    histogram.zero_count = static_cast<double>(sent.zero_count_int);
    // Observations of NaN are in the count and in no bucket.
    const bool adds_up =
        std::isnan(histogram.sum) ? total <= sent.count_int : total == sent.count_int;
    if (!adds_up && !model::IsStaleNan(histogram.sum)) {
      return InvalidArgument("buckets hold {} observations, the count is {}", total,
                             sent.count_int);
    }
  } else if (!(histogram.count >= 0) || !(histogram.zero_count >= 0)) {
    return InvalidArgument("count is {}, zero count {}", histogram.count, histogram.zero_count);
  }
  RETURN_IF_ERROR(
      CheckSpans(histogram.positive_spans, histogram.positive_buckets.size(), "positive"));
  RETURN_IF_ERROR(
      CheckSpans(histogram.negative_spans, histogram.negative_buckets.size(), "negative"));
  if (histogram.UsesCustomBuckets()) {
    RETURN_IF_ERROR(CheckCustomBuckets(histogram));
  } else if (!histogram.custom_values.empty()) {
    return InvalidArgument("schema {} with {} custom bounds", histogram.schema,
                           histogram.custom_values.size());
  }
  RemoteWriteHistogram out;
  out.time = sent.time;
  out.start_time = sent.start_time;
  out.histogram = std::make_shared<const Histogram>(std::move(histogram));
  return out;
}

}  // namespace glint::wire::remote_write
