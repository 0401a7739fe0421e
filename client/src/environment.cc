#include "environment.h"

#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "http_head.h"

namespace glint::internal {
namespace {

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::string PercentDecoded(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && HexDigit(text[i + 1]) >= 0 &&
        HexDigit(text[i + 2]) >= 0) {
      out.push_back(static_cast<char>(HexDigit(text[i + 1]) * 16 + HexDigit(text[i + 2])));
      i += 2;
    } else {
      out.push_back(text[i]);
    }
  }
  return out;
}

}  // namespace

std::string Variable(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? "" : std::string(Trimmed(value));
}

int64_t IntegerVariable(const char* name, int64_t low, int64_t high, int64_t fallback) {
  const std::string text = Variable(name);
  if (text.empty()) return fallback;
  int64_t value = 0;
  const auto end = std::from_chars(text.data(), text.data() + text.size(), value);
  if (end.ec != std::errc() || end.ptr != text.data() + text.size() || value < low ||
      value > high) {
    std::fprintf(stderr, "glint: %s=%s is not a whole number from %lld to %lld; using %lld\n", name,
                 text.c_str(), static_cast<long long>(low), static_cast<long long>(high),
                 static_cast<long long>(fallback));
    return fallback;
  }
  return value;
}

bool BooleanVariable(const char* name) {
  const std::string text = Variable(name);
  return text == "true" || text == "TRUE" || text == "True";
}

std::vector<std::pair<std::string, std::string>> KeyValueVariable(const char* name) {
  std::vector<std::pair<std::string, std::string>> pairs;
  const std::string text = Variable(name);
  std::string_view rest = text;
  while (!rest.empty()) {
    const size_t comma = rest.find(',');
    const std::string_view part = Trimmed(rest.substr(0, comma));
    rest = comma == std::string_view::npos ? std::string_view() : rest.substr(comma + 1);
    if (part.empty()) continue;
    const size_t equals = part.find('=');
    if (equals == std::string_view::npos || equals == 0) {
      std::fprintf(stderr, "glint: %s: \"%.*s\" is not key=value; left out\n", name,
                   static_cast<int>(part.size()), part.data());
      continue;
    }
    pairs.emplace_back(PercentDecoded(Trimmed(part.substr(0, equals))),
                       PercentDecoded(Trimmed(part.substr(equals + 1))));
  }
  return pairs;
}

}  // namespace glint::internal
