// Reading OTLP's protobuf messages where they lie. Fields of an unknown number, or of a known one
// with another wire type, are skipped, as protobuf has it.
//
// Inside, protozero throws on broken wire data: only the Read... functions of a whole request
// catch it. Thread-safe.
#pragma once

#include <protozero/pbf_reader.hpp>
#include <string_view>

#include "model/attribute.h"
#include "wire/otlp_decode.h"
#include "wire/otlp_decode_budget.h"

namespace glint::wire {

StatusOr<DecodedSpans> ReadOtlpSpansProto(std::string_view bytes);
StatusOr<DecodedMetrics> ReadOtlpMetricsProto(std::string_view bytes);

namespace otlp {

// A case label: this field in this wire type.
constexpr uint32_t Bytes(uint32_t field) {
  return protozero::tag_and_type(field, protozero::pbf_wire_type::length_delimited);
}
constexpr uint32_t Varint(uint32_t field) {
  return protozero::tag_and_type(field, protozero::pbf_wire_type::varint);
}
constexpr uint32_t Fixed64(uint32_t field) {
  return protozero::tag_and_type(field, protozero::pbf_wire_type::fixed64);
}
constexpr uint32_t Fixed32(uint32_t field) {
  return protozero::tag_and_type(field, protozero::pbf_wire_type::fixed32);
}

inline std::string_view GetView(protozero::pbf_reader& reader) {
  const protozero::data_view view = reader.get_view();
  return {view.data(), view.size()};
}
inline std::string GetText(protozero::pbf_reader& reader) { return std::string(GetView(reader)); }

// Unsigned nanoseconds on the wire; what is beyond 64 signed bits becomes the largest.
inline int64_t GetTime(protozero::pbf_reader& reader) {
  const uint64_t raw = reader.get_fixed64();
  return raw > static_cast<uint64_t>(INT64_MAX) ? INT64_MAX : static_cast<int64_t>(raw);
}

// Reads the KeyValue that `reader` stands on and appends it.
// RESOURCE_EXHAUSTED: the budget. OUT_OF_RANGE: nested deeper than kMaxValueDepth.
Status ReadAttribute(protozero::pbf_reader& reader, OtlpDecodeBudget& budget,
                     model::Attributes& out);
StatusOr<model::Resource> ReadResource(protozero::pbf_reader message, OtlpDecodeBudget& budget);
StatusOr<model::Scope> ReadScope(protozero::pbf_reader message, OtlpDecodeBudget& budget);

// Runs `read`, and answers protozero's exceptions with INVALID_ARGUMENT.
template <typename Read>
auto CatchBrokenWire(std::string_view what, const Read& read) -> decltype(read()) {
  try {
    return read();
  } catch (const protozero::exception& error) {
    return InvalidArgument("{} is broken protobuf: {}", what, error.what());
  }
}

}  // namespace otlp
}  // namespace glint::wire
