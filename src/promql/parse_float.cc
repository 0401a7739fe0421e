#include "promql/parse_float.h"

#include <charconv>
#include <limits>
#include <string>

namespace glint::promql {

std::optional<double> ParseFloat(std::string_view text) {
  double sign = 1;
  if (!text.empty() && (text[0] == '+' || text[0] == '-')) {
    if (text[0] == '-') sign = -1;
    text.remove_prefix(1);
  }
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  }
  if (lower.empty() || lower[0] == '-' || lower[0] == '+') return std::nullopt;
  if (lower == "inf" || lower == "infinity") {
    return sign * std::numeric_limits<double>::infinity();
  }
  if (lower == "nan") return std::numeric_limits<double>::quiet_NaN();
  const bool hex = lower.size() > 2 && lower[0] == '0' && lower[1] == 'x';
  const char* begin = lower.data() + (hex ? 2 : 0);
  const char* end = lower.data() + lower.size();
  double value = 0;
  const auto read =
      std::from_chars(begin, end, value, hex ? std::chars_format::hex : std::chars_format::general);
  if (read.ptr != end || read.ec == std::errc::invalid_argument) return std::nullopt;
  if (read.ec == std::errc::result_out_of_range) return std::nullopt;
  return sign * value;
}

}  // namespace glint::promql
