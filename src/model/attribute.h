// Attributes of spans, resources, scopes, events and links: keys with typed values.
// Source: OpenTelemetry common.proto, AnyValue and KeyValue.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace glint::model {

struct Attribute;

struct Bytes {
  std::string data;
  bool operator==(const Bytes&) const = default;
};

// Nothing (an AnyValue with no field set), or one of OpenTelemetry's seven kinds.
struct AttributeValue {
  using List = std::vector<AttributeValue>;
  using Map = std::vector<Attribute>;
  std::variant<std::monostate, std::string, bool, int64_t, double, Bytes, List, Map> kind;

  bool operator==(const AttributeValue&) const;
};

struct Attribute {
  std::string key;
  AttributeValue value;
  bool operator==(const Attribute&) const = default;
};

using Attributes = std::vector<Attribute>;  // In the order of the sender; keys may repeat.

// The first value of that key; null when there is none. Lives as long as `attributes`.
const AttributeValue* FindAttribute(const Attributes& attributes, std::string_view key);

// The first string value of that key; empty when there is none or it is no string.
std::string_view StringAttribute(const Attributes& attributes, std::string_view key);

// Strings as they are, numbers and booleans printed, lists and maps as compact JSON, bytes as
// base64: what a label or a person wants.
std::string AttributeText(const AttributeValue& value);

}  // namespace glint::model
