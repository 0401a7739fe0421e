#include "glint/propagation.h"

#include <algorithm>

#include "http_head.h"

namespace glint {
namespace {

// Lower-case hex only, as the recommendation has it.
bool ParseHex(std::string_view text, uint64_t& value) {
  value = 0;
  for (const char c : text) {
    int digit = 0;
    if (c >= '0' && c <= '9') {
      digit = c - '0';
    } else if (c >= 'a' && c <= 'f') {
      digit = c - 'a' + 10;
    } else {
      return false;
    }
    value = value << 4 | static_cast<uint64_t>(digit);
  }
  return true;
}

bool IsStateKey(std::string_view key) {
  if (key.empty() || key.size() > 256) return false;
  return std::all_of(key.begin(), key.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '*' ||
           c == '/' || c == '@';
  });
}

bool IsStateValue(std::string_view value) {
  if (value.size() > 256) return false;
  return std::all_of(value.begin(), value.end(),
                     [](char c) { return c >= ' ' && c <= '~' && c != ',' && c != '='; });
}

}  // namespace

SpanContext ParseTraceParent(std::string_view header) {
  // VV-TTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTT-SSSSSSSSSSSSSSSS-FF
  constexpr size_t kLength = 55;
  const SpanContext none;
  if (header.size() < kLength || header[2] != '-' || header[35] != '-' || header[52] != '-') {
    return none;
  }
  uint64_t version = 0, flags = 0;
  SpanContext context;
  if (!ParseHex(header.substr(0, 2), version) ||
      !ParseHex(header.substr(3, 16), context.trace_id.high) ||
      !ParseHex(header.substr(19, 16), context.trace_id.low) ||
      !ParseHex(header.substr(36, 16), context.span_id.value) ||
      !ParseHex(header.substr(53, 2), flags)) {
    return none;
  }
  if (version == 0xff || (version == 0 && header.size() != kLength) ||
      (header.size() > kLength && header[kLength] != '-') || !context.IsValid()) {
    return none;
  }
  context.flags = static_cast<uint8_t>(flags);
  context.remote = true;
  return context;
}

std::string FormatTraceParent(const SpanContext& context) {
  if (!context.IsValid()) return "";
  std::string header = "00-";
  internal::AppendHex(context.trace_id.high, header);
  internal::AppendHex(context.trace_id.low, header);
  header.push_back('-');
  internal::AppendHex(context.span_id.value, header);
  // Of the flags only what version 00 defines.
  header += context.IsSampled() ? "-01" : "-00";
  return header;
}

std::string CheckedTraceState(std::string_view header) {
  if (header.empty() || header.size() > 512) return "";
  size_t members = 0;
  std::string_view rest = header;
  while (!rest.empty()) {
    const size_t comma = rest.find(',');
    const std::string_view member = internal::Trimmed(rest.substr(0, comma));
    rest = comma == std::string_view::npos ? std::string_view() : rest.substr(comma + 1);
    if (member.empty()) continue;
    const size_t equals = member.find('=');
    if (equals == std::string_view::npos || !IsStateKey(member.substr(0, equals)) ||
        !IsStateValue(member.substr(equals + 1)) || ++members > 32) {
      return "";
    }
  }
  return std::string(header);
}

}  // namespace glint
