#include "wire/otlp_proto_points.h"

#include "wire/otlp_fields.h"
#include "wire/otlp_proto_reader.h"

namespace glint::wire::otlp {
namespace {

using protozero::pbf_reader;

Status ReadExemplar(pbf_reader message, OtlpDecodeBudget& budget, model::OtlpExemplar& out) {
  while (message.next()) {
    switch (message.tag_and_type()) {
      case Fixed64(ExemplarField::kTime):
        out.time_ns = GetTime(message);
        break;
      case Fixed64(ExemplarField::kDouble):
        out.value = message.get_double();
        break;
      case Fixed64(ExemplarField::kInt):
        out.value = message.get_sfixed64();
        break;
      case Bytes(ExemplarField::kTraceId):
        out.trace_id = model::TraceId::FromBytes(GetView(message)).value_or(model::TraceId());
        break;
      case Bytes(ExemplarField::kSpanId):
        out.span_id = model::SpanId::FromBytes(GetView(message)).value_or(model::SpanId());
        break;
      case Bytes(ExemplarField::kFilteredAttributes):
        RETURN_IF_ERROR(ReadAttribute(message, budget, out.filtered_attributes));
        break;
      default:
        message.skip();
    }
  }
  return OkStatus();
}

Status AddExemplar(pbf_reader& reader, OtlpDecodeBudget& budget,
                   std::vector<model::OtlpExemplar>& out) {
  RETURN_IF_ERROR(budget.Charge(sizeof(model::OtlpExemplar)));
  return ReadExemplar(reader.get_message(), budget, out.emplace_back());
}

// A repeated number, packed.
template <typename Value, typename Range>
Status AppendPacked(const Range& range, OtlpDecodeBudget& budget, std::vector<Value>& out) {
  for (auto at = range.begin(); at != range.end(); ++at) {
    RETURN_IF_ERROR(budget.Charge(sizeof(Value)));
    out.push_back(*at);
  }
  return OkStatus();
}

Status ReadBuckets(pbf_reader message, OtlpDecodeBudget& budget, model::ExponentialBuckets& out) {
  while (message.next()) {
    switch (message.tag_and_type()) {
      case Varint(BucketsField::kOffset):
        out.offset = message.get_sint32();
        break;
      case Bytes(BucketsField::kCounts):
        RETURN_IF_ERROR(AppendPacked(message.get_packed_uint64(), budget, out.counts));
        break;
      case Varint(BucketsField::kCounts):
        out.counts.push_back(message.get_uint64());
        break;
      default:
        message.skip();
    }
  }
  return OkStatus();
}

Status ReadQuantile(pbf_reader message, model::QuantileValue& out) {
  while (message.next()) {
    switch (message.tag_and_type()) {
      case Fixed64(QuantileField::kQuantile):
        out.quantile = message.get_double();
        break;
      case Fixed64(QuantileField::kValue):
        out.value = message.get_double();
        break;
      default:
        message.skip();
    }
  }
  return OkStatus();
}

}  // namespace

Status ReadPoint(pbf_reader message, OtlpDecodeBudget& budget, model::NumberPoint& out) {
  using Field = NumberPointField;
  while (message.next()) {
    switch (message.tag_and_type()) {
      case Bytes(Field::kAttributes):
        RETURN_IF_ERROR(ReadAttribute(message, budget, out.attributes));
        break;
      case Fixed64(Field::kStart):
        out.start_ns = GetTime(message);
        break;
      case Fixed64(Field::kTime):
        out.time_ns = GetTime(message);
        break;
      case Fixed64(Field::kDouble):
        out.value = message.get_double();
        break;
      case Fixed64(Field::kInt):
        out.value = message.get_sfixed64();
        break;
      case Bytes(Field::kExemplars):
        RETURN_IF_ERROR(AddExemplar(message, budget, out.exemplars));
        break;
      case Varint(Field::kFlags):
        out.flags = message.get_uint32();
        break;
      default:
        message.skip();
    }
  }
  return OkStatus();
}

Status ReadPoint(pbf_reader message, OtlpDecodeBudget& budget, model::HistogramPoint& out) {
  using Field = HistogramPointField;
  while (message.next()) {
    switch (message.tag_and_type()) {
      case Bytes(Field::kAttributes):
        RETURN_IF_ERROR(ReadAttribute(message, budget, out.attributes));
        break;
      case Fixed64(Field::kStart):
        out.start_ns = GetTime(message);
        break;
      case Fixed64(Field::kTime):
        out.time_ns = GetTime(message);
        break;
      case Fixed64(Field::kCount):
        out.count = message.get_fixed64();
        break;
      case Fixed64(Field::kSum):
        out.sum = message.get_double();
        break;
      case Bytes(Field::kBucketCounts):
        RETURN_IF_ERROR(AppendPacked(message.get_packed_fixed64(), budget, out.bucket_counts));
        break;
      case Fixed64(Field::kBucketCounts):
        out.bucket_counts.push_back(message.get_fixed64());
        break;
      case Bytes(Field::kBounds):
        RETURN_IF_ERROR(AppendPacked(message.get_packed_double(), budget, out.bounds));
        break;
      case Fixed64(Field::kBounds):
        out.bounds.push_back(message.get_double());
        break;
      case Bytes(Field::kExemplars):
        RETURN_IF_ERROR(AddExemplar(message, budget, out.exemplars));
        break;
      case Varint(Field::kFlags):
        out.flags = message.get_uint32();
        break;
      case Fixed64(Field::kMin):
        out.min = message.get_double();
        break;
      case Fixed64(Field::kMax):
        out.max = message.get_double();
        break;
      default:
        message.skip();
    }
  }
  return OkStatus();
}

Status ReadPoint(pbf_reader message, OtlpDecodeBudget& budget,
                 model::ExponentialHistogramPoint& out) {
  using Field = ExponentialPointField;
  while (message.next()) {
    switch (message.tag_and_type()) {
      case Bytes(Field::kAttributes):
        RETURN_IF_ERROR(ReadAttribute(message, budget, out.attributes));
        break;
      case Fixed64(Field::kStart):
        out.start_ns = GetTime(message);
        break;
      case Fixed64(Field::kTime):
        out.time_ns = GetTime(message);
        break;
      case Fixed64(Field::kCount):
        out.count = message.get_fixed64();
        break;
      case Fixed64(Field::kSum):
        out.sum = message.get_double();
        break;
      case Varint(Field::kScale):
        out.scale = message.get_sint32();
        break;
      case Fixed64(Field::kZeroCount):
        out.zero_count = message.get_fixed64();
        break;
      case Bytes(Field::kPositive):
        RETURN_IF_ERROR(ReadBuckets(message.get_message(), budget, out.positive));
        break;
      case Bytes(Field::kNegative):
        RETURN_IF_ERROR(ReadBuckets(message.get_message(), budget, out.negative));
        break;
      case Varint(Field::kFlags):
        out.flags = message.get_uint32();
        break;
      case Bytes(Field::kExemplars):
        RETURN_IF_ERROR(AddExemplar(message, budget, out.exemplars));
        break;
      case Fixed64(Field::kMin):
        out.min = message.get_double();
        break;
      case Fixed64(Field::kMax):
        out.max = message.get_double();
        break;
      case Fixed64(Field::kZeroThreshold):
        out.zero_threshold = message.get_double();
        break;
      default:
        message.skip();
    }
  }
  return OkStatus();
}

Status ReadPoint(pbf_reader message, OtlpDecodeBudget& budget, model::SummaryPoint& out) {
  using Field = SummaryPointField;
  while (message.next()) {
    switch (message.tag_and_type()) {
      case Bytes(Field::kAttributes):
        RETURN_IF_ERROR(ReadAttribute(message, budget, out.attributes));
        break;
      case Fixed64(Field::kStart):
        out.start_ns = GetTime(message);
        break;
      case Fixed64(Field::kTime):
        out.time_ns = GetTime(message);
        break;
      case Fixed64(Field::kCount):
        out.count = message.get_fixed64();
        break;
      case Fixed64(Field::kSum):
        out.sum = message.get_double();
        break;
      case Bytes(Field::kQuantiles):
        RETURN_IF_ERROR(budget.Charge(sizeof(model::QuantileValue)));
        RETURN_IF_ERROR(ReadQuantile(message.get_message(), out.quantiles.emplace_back()));
        break;
      case Varint(Field::kFlags):
        out.flags = message.get_uint32();
        break;
      default:
        message.skip();
    }
  }
  return OkStatus();
}

}  // namespace glint::wire::otlp
