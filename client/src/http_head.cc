#include "http_head.h"

#include <algorithm>
#include <charconv>

namespace glint::internal {
namespace {

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace

std::optional<std::string_view> HeaderOf(std::string_view head, std::string_view name) {
  constexpr std::string_view kEnd = "\r\n";
  size_t end = head.find(kEnd);
  while (end != std::string_view::npos) {
    head.remove_prefix(end + kEnd.size());
    end = head.find(kEnd);
    const std::string_view line = head.substr(0, end);
    const size_t colon = line.find(':');
    if (colon != std::string_view::npos && EqualNoCase(line.substr(0, colon), name)) {
      return Trimmed(line.substr(colon + 1));
    }
  }
  return std::nullopt;
}

bool EqualNoCase(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return Lower(x) == Lower(y); });
}

std::string_view Trimmed(std::string_view text) {
  const auto blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

std::optional<size_t> ParseLength(std::string_view text, size_t limit) {
  size_t length = 0;
  const auto end = std::from_chars(text.data(), text.data() + text.size(), length);
  const bool whole = end.ec == std::errc() && end.ptr == text.data() + text.size();
  return whole && length <= limit ? std::optional<size_t>(length) : std::nullopt;
}

}  // namespace glint::internal
