#include "wire/otlp_decode.h"

#include "wire/otlp_json_reader.h"
#include "wire/otlp_proto_reader.h"

namespace glint::wire {

void RefusedItems::Add(uint64_t items, std::string reason) {
  if (items == 0) return;
  if (count == 0) first_reason = std::move(reason);
  count += items;
}

StatusOr<DecodedSpans> DecodeOtlpSpans(std::string_view bytes, OtlpEncoding encoding) {
  return encoding == OtlpEncoding::kJson ? ReadOtlpSpansJson(bytes) : ReadOtlpSpansProto(bytes);
}

StatusOr<DecodedMetrics> DecodeOtlpMetrics(std::string_view bytes, OtlpEncoding encoding) {
  return encoding == OtlpEncoding::kJson ? ReadOtlpMetricsJson(bytes) : ReadOtlpMetricsProto(bytes);
}

}  // namespace glint::wire
