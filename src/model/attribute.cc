#include "model/attribute.h"

#include <charconv>
#include <cmath>

#include "base/base64.h"
#include "base/escape.h"

namespace glint::model {
namespace {

void AppendJson(const AttributeValue& value, std::string& out);

void AppendNumber(double value, std::string& out) {
  char buffer[32];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, value).ptr;
  out.append(buffer, end);
}

struct JsonAppender {
  std::string& out;

  void operator()(std::monostate) { out += "null"; }
  void operator()(const std::string& text) { out += '"' + EscapeJson(text) + '"'; }
  void operator()(bool flag) { out += flag ? "true" : "false"; }
  void operator()(int64_t number) { out += std::to_string(number); }
  void operator()(double number) {
    // JSON has no NaN and no infinity.
    if (!std::isfinite(number)) out += '"';
    AppendNumber(number, out);
    if (!std::isfinite(number)) out += '"';
  }
  void operator()(const Bytes& bytes) { out += '"' + Base64Encode(bytes.data) + '"'; }
  void operator()(const AttributeValue::List& list) {
    out += '[';
    for (size_t i = 0; i < list.size(); ++i) {
      if (i > 0) out += ',';
      AppendJson(list[i], out);
    }
    out += ']';
  }
  void operator()(const AttributeValue::Map& map) {
    out += '{';
    for (size_t i = 0; i < map.size(); ++i) {
      if (i > 0) out += ',';
      out += '"' + EscapeJson(map[i].key) + "\":";
      AppendJson(map[i].value, out);
    }
    out += '}';
  }
};

// Depth is bounded by the decoders (kMaxAttributeDepth in wire/).
void AppendJson(const AttributeValue& value, std::string& out) {
  std::visit(JsonAppender{out}, value.kind);
}

}  // namespace

// Written out: clang 14 ends in a recursion of its own on "= default" here.
bool AttributeValue::operator==(const AttributeValue& other) const { return kind == other.kind; }

const AttributeValue* FindAttribute(const Attributes& attributes, std::string_view key) {
  for (const Attribute& attribute : attributes) {
    if (attribute.key == key) return &attribute.value;
  }
  return nullptr;
}

std::string_view StringAttribute(const Attributes& attributes, std::string_view key) {
  const AttributeValue* value = FindAttribute(attributes, key);
  if (value == nullptr) return {};
  const auto* text = std::get_if<std::string>(&value->kind);
  return text == nullptr ? std::string_view() : std::string_view(*text);
}

std::string AttributeText(const AttributeValue& value) {
  if (const auto* text = std::get_if<std::string>(&value.kind)) return *text;
  if (const auto* bytes = std::get_if<Bytes>(&value.kind)) return Base64Encode(bytes->data);
  if (std::holds_alternative<std::monostate>(value.kind)) return "";
  std::string out;
  if (const auto* number = std::get_if<double>(&value.kind)) {
    AppendNumber(*number, out);
  } else {
    AppendJson(value, out);
  }
  return out;
}

}  // namespace glint::model
