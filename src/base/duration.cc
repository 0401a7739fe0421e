#include "base/duration.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <utility>

#include "base/escape.h"

namespace glint {
namespace {

struct Unit {
  std::string_view name;
  int64_t ms;
};
// In the order in which they may stand.
constexpr Unit kUnits[] = {{"y", 365ll * 86'400'000},
                           {"w", 7ll * 86'400'000},
                           {"d", 86'400'000},
                           {"h", 3'600'000},
                           {"m", 60'000},
                           {"s", 1'000},
                           {"ms", 1}};
constexpr int64_t kMaxMs = std::numeric_limits<int64_t>::max() / 1'000'000;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

StatusOr<int64_t> ParseDurationMs(std::string_view text) {
  if (text.empty()) return InvalidArgument("empty duration string");
  if (text == "0") return int64_t{0};
  const auto invalid = [&] {
    return InvalidArgument("not a valid duration string: \"{}\"", Excerpt(text));
  };
  int64_t total = 0;
  size_t next_unit = 0;
  for (size_t i = 0; i < text.size();) {
    const size_t digits = i;
    int64_t count = 0;
    for (; i < text.size() && IsDigit(text[i]); ++i) {
      count = count * 10 + (text[i] - '0');
      if (count > kMaxMs) return InvalidArgument("duration out of range: \"{}\"", Excerpt(text));
    }
    if (i == digits) return invalid();
    const size_t letters = i;
    while (i < text.size() && !IsDigit(text[i])) ++i;
    const std::string_view name = text.substr(letters, i - letters);
    while (next_unit < std::size(kUnits) && kUnits[next_unit].name != name) ++next_unit;
    if (next_unit == std::size(kUnits)) return invalid();
    const int64_t unit_ms = kUnits[next_unit++].ms;
    if (count > (kMaxMs - total) / unit_ms) {
      return InvalidArgument("duration out of range: \"{}\"", Excerpt(text));
    }
    total += count * unit_ms;
  }
  return total;
}

StatusOr<int64_t> ParseGoDurationNs(std::string_view text) {
  static constexpr std::pair<std::string_view, double> kGoUnits[] = {
      {"ns", 1},   {"us", 1e3}, {"\xc2\xb5s", 1e3}, {"\xce\xbcs", 1e3},
      {"ms", 1e6}, {"s", 1e9},  {"m", 60e9},        {"h", 3600e9}};
  const auto invalid = [&] { return InvalidArgument("invalid duration \"{}\"", Excerpt(text)); };
  std::string_view rest = text;
  double sign = 1;
  if (!rest.empty() && (rest[0] == '-' || rest[0] == '+')) {
    if (rest[0] == '-') sign = -1;
    rest.remove_prefix(1);
  }
  if (rest == "0") return int64_t{0};
  if (rest.empty()) return invalid();
  double total_ns = 0;
  while (!rest.empty()) {
    size_t length = 0;
    while (length < rest.size() && (IsDigit(rest[length]) || rest[length] == '.')) ++length;
    double number = 0;
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + length, number);
    if (length == 0 || error != std::errc() || end != rest.data() + length) return invalid();
    rest.remove_prefix(length);
    size_t letters = 0;
    while (letters < rest.size() && !IsDigit(rest[letters]) && rest[letters] != '.') ++letters;
    const std::string_view name = rest.substr(0, letters);
    const auto unit = std::find_if(std::begin(kGoUnits), std::end(kGoUnits),
                                   [&](const auto& candidate) { return candidate.first == name; });
    if (unit == std::end(kGoUnits)) return invalid();
    total_ns += number * unit->second;
    rest.remove_prefix(letters);
  }
  if (total_ns > 9.2e18) return InvalidArgument("duration out of range: \"{}\"", Excerpt(text));
  return static_cast<int64_t>(std::llround(sign * total_ns));
}

std::string FormatDurationMs(int64_t ms) {
  if (ms == 0) return "0s";
  std::string out;
  uint64_t rest = ms < 0 ? 0 - static_cast<uint64_t>(ms) : static_cast<uint64_t>(ms);
  if (ms < 0) out = "-";
  for (const Unit& unit : kUnits) {
    const auto size = static_cast<uint64_t>(unit.ms);
    // Years and weeks only where nothing is left over, as in Prometheus.
    const bool only_whole = unit.name == "y" || unit.name == "w";
    if (rest < size || (only_whole && rest % size != 0)) continue;
    out += fmt::format("{}{}", rest / size, unit.name);
    rest %= size;
  }
  return out;
}

}  // namespace glint
