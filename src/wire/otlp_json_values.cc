#include "wire/otlp_json_reader.h"

// After the header above, which includes RapidJSON in its own way.
#include <rapidjson/error/en.h>

#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>

#include "base/base64.h"
#include "base/escape.h"
#include "base/utf8.h"
#include "wire/number_text.h"

namespace glint::wire::otlp {
namespace {

std::string Shown(const JsonValue& value) {
  if (value.IsString()) return "`" + Excerpt(Text(value), 40) + "`";
  if (value.IsNumber()) return fmt::format("{}", value.GetDouble());
  if (value.IsBool()) return value.GetBool() ? "true" : "false";
  return value.IsArray() ? "an array" : "an object";
}

Status NotA(std::string_view kind, std::string_view what, const JsonValue& value) {
  return InvalidArgument("{} is {}, expected {}", what, Shown(value), kind);
}

// Integers may come as text, as numbers, and as numbers with an exponent or ".0".
template <typename Integer>
std::optional<Integer> ToInteger(const JsonValue& value) {
  double number = 0;
  if (value.IsString()) {
    const std::string_view text = Text(value);
    Integer out = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    if (error == std::errc() && end == text.data() + text.size()) return out;
    const auto parsed = ParseFloat(text);
    if (!parsed) return std::nullopt;
    number = *parsed;
  } else if (value.IsInt64() || value.IsUint64()) {
    if constexpr (std::is_signed_v<Integer>) {
      if (!value.IsInt64()) return std::nullopt;
      return value.GetInt64();
    } else {
      if (!value.IsUint64()) return std::nullopt;
      return value.GetUint64();
    }
  } else if (value.IsDouble()) {
    number = value.GetDouble();
  } else {
    return std::nullopt;
  }
  // 2^53: beyond it a double no longer says which integer was meant.
  if (number != std::trunc(number) || std::abs(number) > 9007199254740992.0) return std::nullopt;
  if (std::is_unsigned_v<Integer> && number < 0) return std::nullopt;
  return static_cast<Integer>(number);
}

Status ReadValue(const JsonValue& value, int depth, OtlpDecodeBudget& budget,
                 model::AttributeValue& out);

Status ReadKeyValue(const JsonValue& value, int depth, OtlpDecodeBudget& budget,
                    model::Attribute& out) {
  return ForEachMember(value, "attribute", [&](std::string_view key, const JsonValue& member) {
    if (key == "key") {
      ASSIGN_OR_RETURN(out.key, ReadText(member, "key of an attribute"));
    } else if (key == "value") {
      return ReadValue(member, depth, budget, out.value);
    }
    return OkStatus();
  });
}

// {"values": [...]} of arrays and lists.
template <typename OnElement>
Status ForEachInValues(const JsonValue& value, std::string_view what, const OnElement& on_element) {
  return ForEachMember(value, what, [&](std::string_view key, const JsonValue& member) {
    return key == "values" ? ForEachElement(member, what, on_element) : OkStatus();
  });
}

Status ReadValue(const JsonValue& value, int depth, OtlpDecodeBudget& budget,
                 model::AttributeValue& out) {
  if (depth > kMaxValueDepth) {
    return OutOfRange("an attribute's value is nested deeper than {}", kMaxValueDepth);
  }
  return ForEachMember(value, "value", [&](std::string_view key, const JsonValue& member) {
    if (key == "stringValue") {
      ASSIGN_OR_RETURN(out.kind, ReadText(member, key));
    } else if (key == "boolValue") {
      ASSIGN_OR_RETURN(out.kind, ReadBool(member, key));
    } else if (key == "intValue") {
      ASSIGN_OR_RETURN(out.kind, ReadInt(member, key));
    } else if (key == "doubleValue") {
      ASSIGN_OR_RETURN(out.kind, ReadDouble(member, key));
    } else if (key == "bytesValue") {
      ASSIGN_OR_RETURN(const std::string text, ReadText(member, key));
      auto bytes = Base64Decode(text);
      if (!bytes) return NotA("base64", key, member);
      out.kind = model::Bytes{*std::move(bytes)};
    } else if (key == "arrayValue") {
      model::AttributeValue::List list;
      RETURN_IF_ERROR(ForEachInValues(member, key, [&](const JsonValue& element) {
        RETURN_IF_ERROR(budget.Charge(sizeof(model::AttributeValue)));
        list.emplace_back();
        return element.IsNull() ? OkStatus() : ReadValue(element, depth + 1, budget, list.back());
      }));
      out.kind = std::move(list);
    } else if (key == "kvlistValue") {
      model::AttributeValue::Map map;
      RETURN_IF_ERROR(ForEachInValues(member, key, [&](const JsonValue& element) {
        RETURN_IF_ERROR(budget.Charge(sizeof(model::Attribute)));
        return ReadKeyValue(element, depth + 1, budget, map.emplace_back());
      }));
      out.kind = std::move(map);
    }
    return OkStatus();
  });
}

}  // namespace

JsonKey::JsonKey(std::string_view sent) : camel_(sent) {
  if (sent.find('_') == sent.npos) return;
  bool upper = false;
  for (const char c : sent) {
    if (c == '_') {
      upper = true;
      continue;
    }
    converted_ += upper && c >= 'a' && c <= 'z' ? static_cast<char>(c - ('a' - 'A')) : c;
    upper = false;
  }
  camel_ = converted_;
}

StatusOr<std::string> ReadText(const JsonValue& value, std::string_view what) {
  if (!value.IsString()) return NotA("a string", what, value);
  return std::string(Text(value));
}

StatusOr<bool> ReadBool(const JsonValue& value, std::string_view what) {
  if (value.IsBool()) return value.GetBool();
  if (value.IsString() && Text(value) == "true") return true;
  if (value.IsString() && Text(value) == "false") return false;
  return NotA("true or false", what, value);
}

StatusOr<int64_t> ReadInt(const JsonValue& value, std::string_view what) {
  const auto number = ToInteger<int64_t>(value);
  if (!number) return NotA("a 64-bit integer", what, value);
  return *number;
}

StatusOr<uint64_t> ReadUint(const JsonValue& value, std::string_view what) {
  const auto number = ToInteger<uint64_t>(value);
  if (!number) return NotA("a 64-bit integer from 0 on", what, value);
  return *number;
}

StatusOr<uint32_t> ReadUint32(const JsonValue& value, std::string_view what) {
  const auto number = ToInteger<uint64_t>(value);
  if (!number || *number > UINT32_MAX) return NotA("a 32-bit integer from 0 on", what, value);
  return static_cast<uint32_t>(*number);
}

StatusOr<int32_t> ReadInt32(const JsonValue& value, std::string_view what) {
  const auto number = ToInteger<int64_t>(value);
  if (!number || *number < INT32_MIN || *number > INT32_MAX) {
    return NotA("a 32-bit integer", what, value);
  }
  return static_cast<int32_t>(*number);
}

StatusOr<double> ReadDouble(const JsonValue& value, std::string_view what) {
  if (value.IsNumber()) return value.GetDouble();
  if (value.IsString()) {
    if (const auto number = ParseFloat(Text(value))) return *number;
  }
  return NotA("a number", what, value);
}

StatusOr<int64_t> ReadTime(const JsonValue& value, std::string_view what) {
  ASSIGN_OR_RETURN(const uint64_t time, ReadUint(value, what));
  return time > static_cast<uint64_t>(INT64_MAX) ? INT64_MAX : static_cast<int64_t>(time);
}

StatusOr<int32_t> ReadEnum(const JsonValue& value, std::string_view what, std::string_view prefix,
                           std::initializer_list<std::string_view> names) {
  if (value.IsString()) {
    std::string_view text = Text(value);
    if (text.starts_with(prefix)) {
      text.remove_prefix(prefix.size());
      int32_t index = 0;
      for (const std::string_view name : names) {
        if (name == text) return index;
        ++index;
      }
      return NotA(fmt::format("one of {}'s names", what), what, value);
    }
  }
  return ReadInt32(value, what);
}

Status ReadAttributes(const JsonValue& value, OtlpDecodeBudget& budget, model::Attributes& out) {
  return ForEachElement(value, "attributes", [&](const JsonValue& element) {
    RETURN_IF_ERROR(budget.Charge(sizeof(model::Attribute)));
    return ReadKeyValue(element, 1, budget, out.emplace_back());
  });
}

StatusOr<model::Resource> ReadResource(const JsonValue& value, OtlpDecodeBudget& budget) {
  model::Resource out;
  RETURN_IF_ERROR(
      ForEachMember(value, "resource", [&](std::string_view key, const JsonValue& member) {
        if (key == "attributes") return ReadAttributes(member, budget, out.attributes);
        if (key == "droppedAttributesCount") {
          ASSIGN_OR_RETURN(out.dropped_attributes_count, ReadUint32(member, key));
        }
        return OkStatus();
      }));
  return out;
}

StatusOr<model::Scope> ReadScope(const JsonValue& value, OtlpDecodeBudget& budget) {
  model::Scope out;
  RETURN_IF_ERROR(ForEachMember(value, "scope", [&](std::string_view key, const JsonValue& member) {
    if (key == "attributes") return ReadAttributes(member, budget, out.attributes);
    if (key == "name") {
      ASSIGN_OR_RETURN(out.name, ReadText(member, key));
    } else if (key == "version") {
      ASSIGN_OR_RETURN(out.version, ReadText(member, key));
    } else if (key == "droppedAttributesCount") {
      ASSIGN_OR_RETURN(out.dropped_attributes_count, ReadUint32(member, key));
    }
    return OkStatus();
  }));
  return out;
}

namespace {

// Builds the document, numbers read by from_chars: exact, and RapidJSON's own exact reading counts
// the leading zeros of a zero, which is undefined.
struct ExactNumbers {
  rapidjson::Document& out;

  bool Null() { return out.Null(); }
  bool Bool(bool flag) { return out.Bool(flag); }
  bool Int(int number) { return out.Int(number); }
  bool Uint(unsigned number) { return out.Uint(number); }
  bool Int64(int64_t number) { return out.Int64(number); }
  bool Uint64(uint64_t number) { return out.Uint64(number); }
  bool Double(double number) { return out.Double(number); }
  bool String(const char* text, rapidjson::SizeType size, bool copy) {
    return out.String(text, size, copy);
  }
  bool StartObject() { return out.StartObject(); }
  bool Key(const char* text, rapidjson::SizeType size, bool copy) {
    return out.Key(text, size, copy);
  }
  bool EndObject(rapidjson::SizeType count) { return out.EndObject(count); }
  bool StartArray() { return out.StartArray(); }
  bool EndArray(rapidjson::SizeType count) { return out.EndArray(count); }

  bool RawNumber(const char* text, rapidjson::SizeType size, bool) {
    const char* end = text + size;
    int64_t integer = 0;
    if (IsAll(std::from_chars(text, end, integer), end)) return out.Int64(integer);
    uint64_t natural = 0;
    if (IsAll(std::from_chars(text, end, natural), end)) return out.Uint64(natural);
    double number = 0;
    if (IsAll(std::from_chars(text, end, number), end)) return out.Double(number);
    // Out of range: too small is 0, too large is no number that we could keep.
    number = std::strtod(std::string(text, size).c_str(), nullptr);
    return std::isfinite(number) && out.Double(number);
  }

  static bool IsAll(std::from_chars_result result, const char* end) {
    return result.ec == std::errc() && result.ptr == end;
  }
};

}  // namespace

Status ParseJson(std::string& text, rapidjson::Document& document) {
  // In situ the text ends at its first zero byte: one inside would hide what follows it.
  if (const size_t zero = text.find('\0'); zero != text.npos) {
    return InvalidArgument("JSON has a zero byte at {}", zero);
  }
  // Not RapidJSON's own check of the encoding: it reads beyond the end of a character cut short.
  if (!IsValidUtf8(text)) return InvalidArgument("JSON is not valid UTF-8");
  constexpr unsigned kFlags = rapidjson::kParseInsituFlag | rapidjson::kParseIterativeFlag |
                              rapidjson::kParseNumbersAsStringsFlag;
  rapidjson::ParseResult result;
  const auto parse = [&](rapidjson::Document& out) {
    rapidjson::Reader reader;
    rapidjson::InsituStringStream stream(text.data());
    ExactNumbers handler{out};
    result = reader.Parse<kFlags>(stream, handler);
    return !result.IsError();
  };
  document.Populate(parse);
  if (result.IsError()) {
    return InvalidArgument("JSON at byte {}: {}", result.Offset(),
                           result.Code() == rapidjson::kParseErrorTermination
                               ? "Number too big to be stored in double."
                               : rapidjson::GetParseError_En(result.Code()));
  }
  return OkStatus();
}

}  // namespace glint::wire::otlp
