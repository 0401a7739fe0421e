// Reading OTLP's JSON: a whole document in RapidJSON's own tree, then by key.
//
// The parser does not recurse, so depth costs nothing there; values are walked with the limit of
// otlp_decode.h. Thread-safe.
#pragma once

// RapidJSON 1.1 adds to a null pointer when its stack is first used, which is harmless and which
// clang's sanitizer would end every test for.
#ifdef __clang__
#pragma clang attribute push(__attribute__((no_sanitize("pointer-overflow"))), apply_to = function)
#endif
#include <rapidjson/document.h>
#ifdef __clang__
#pragma clang attribute pop
#endif

#include <optional>
#include <string>
#include <string_view>

#include "model/attribute.h"
#include "wire/otlp_decode.h"
#include "wire/otlp_decode_budget.h"

namespace glint::wire {

StatusOr<DecodedSpans> ReadOtlpSpansJson(std::string_view text);
StatusOr<DecodedMetrics> ReadOtlpMetricsJson(std::string_view text);

namespace otlp {

using JsonValue = rapidjson::Value;

inline std::string_view Text(const JsonValue& value) {
  return {value.GetString(), value.GetStringLength()};
}

// A key in camelCase, whichever way it was sent.
class JsonKey {
 public:
  explicit JsonKey(std::string_view sent);
  std::string_view camel() const { return camel_; }

 private:
  std::string converted_;
  std::string_view camel_;
};

// Calls on_member(camelCase key, value) -> Status for each member that is not null.
// INVALID_ARGUMENT: `object` is none; `what` names it.
template <typename OnMember>
Status ForEachMember(const JsonValue& object, std::string_view what, const OnMember& on_member);
// The same for the elements of an array: on_element(value) -> Status.
template <typename OnElement>
Status ForEachElement(const JsonValue& array, std::string_view what, const OnElement& on_element);

// Each: INVALID_ARGUMENT when the value is not of that kind; `what` names it.
StatusOr<std::string> ReadText(const JsonValue& value, std::string_view what);
StatusOr<bool> ReadBool(const JsonValue& value, std::string_view what);
StatusOr<int64_t> ReadInt(const JsonValue& value, std::string_view what);
StatusOr<uint64_t> ReadUint(const JsonValue& value, std::string_view what);
StatusOr<uint32_t> ReadUint32(const JsonValue& value, std::string_view what);
StatusOr<int32_t> ReadInt32(const JsonValue& value, std::string_view what);
StatusOr<double> ReadDouble(const JsonValue& value, std::string_view what);
// Nanoseconds: what is beyond 64 signed bits becomes the largest.
StatusOr<int64_t> ReadTime(const JsonValue& value, std::string_view what);
// A number, or `prefix` and one of the names ("SPAN_KIND_" and "SERVER"), by their index.
StatusOr<int32_t> ReadEnum(const JsonValue& value, std::string_view what, std::string_view prefix,
                           std::initializer_list<std::string_view> names);

// INVALID_ARGUMENT, RESOURCE_EXHAUSTED: the request. OUT_OF_RANGE: nested too deep, which costs
// only what it belongs to.
Status ReadAttributes(const JsonValue& value, OtlpDecodeBudget& budget, model::Attributes& out);
StatusOr<model::Resource> ReadResource(const JsonValue& value, OtlpDecodeBudget& budget);
StatusOr<model::Scope> ReadScope(const JsonValue& value, OtlpDecodeBudget& budget);

// An id in hex of exactly its length; zero for an empty text. None: anything else.
template <typename Id>
std::optional<Id> ReadHexId(const JsonValue& value) {
  if (!value.IsString()) return std::nullopt;
  if (value.GetStringLength() == 0) return Id();
  if (value.GetStringLength() != 2 * sizeof(Id)) return std::nullopt;
  return Id::FromHex(Text(value));
}

template <typename OnMember>
Status ForEachMember(const JsonValue& object, std::string_view what, const OnMember& on_member) {
  if (!object.IsObject()) return InvalidArgument("{} is no JSON object", what);
  for (const auto& member : object.GetObject()) {
    if (member.value.IsNull()) continue;
    const JsonKey key(Text(member.name));
    RETURN_IF_ERROR(on_member(key.camel(), member.value));
  }
  return OkStatus();
}

template <typename OnElement>
Status ForEachElement(const JsonValue& array, std::string_view what, const OnElement& on_element) {
  if (!array.IsArray()) return InvalidArgument("{} is no JSON array", what);
  for (const JsonValue& element : array.GetArray()) RETURN_IF_ERROR(on_element(element));
  return OkStatus();
}

// Parses `text`, which is changed in the process and has to outlive the document.
// INVALID_ARGUMENT: not JSON, or not UTF-8; with the byte.
Status ParseJson(std::string& text, rapidjson::Document& document);

}  // namespace otlp
}  // namespace glint::wire
