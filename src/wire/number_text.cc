#include "wire/number_text.h"

#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <limits>
#include <system_error>

namespace glint::wire {
namespace {

bool EqualsIgnoringCase(std::string_view text, std::string_view lower) {
  if (text.size() != lower.size()) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if ((c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c) != lower[i]) return false;
  }
  return true;
}

// Powers of ten that are doubles without rounding.
constexpr double kPowersOfTen[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                   1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                   1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
constexpr int kMaxExactPower = 22;
constexpr uint64_t kMaxExactInteger = uint64_t{1} << 53;
// So many digits fit into 64 bits.
constexpr ptrdiff_t kMaxDigits = 19;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

// Both factors are exact, so their product or quotient is rounded once: the nearest double.
const char* TakeShortDecimal(const char* at, const char* end, double& value) {
  const bool negative = at != end && *at == '-';
  if (negative) ++at;
  const char* const begin = at;
  uint64_t digits = 0;
  while (at != end && IsDigit(*at)) digits = digits * 10 + static_cast<uint64_t>(*at++ - '0');
  const char* const whole_end = at;
  if (whole_end == begin) return nullptr;
  int power = 0;
  if (at != end && *at == '.') {
    const char* const fraction = ++at;
    while (at != end && IsDigit(*at)) digits = digits * 10 + static_cast<uint64_t>(*at++ - '0');
    if (at - begin > kMaxDigits + 1) return nullptr;  // It overflowed, perhaps.
    power = static_cast<int>(fraction - at);
  } else if (at - begin > kMaxDigits) {
    return nullptr;
  }
  if (at != end && (*at == 'e' || *at == 'E')) {
    ++at;
    const bool down = at != end && *at == '-';
    if (at != end && (*at == '-' || *at == '+')) ++at;
    const char* const exponent_begin = at;
    int exponent = 0;
    while (at != end && IsDigit(*at) && at - exponent_begin < 4) {
      exponent = exponent * 10 + (*at++ - '0');
    }
    if (at == exponent_begin || (at != end && IsDigit(*at))) return nullptr;
    power += down ? -exponent : exponent;
  }
  if (digits > kMaxExactInteger || power > kMaxExactPower || power < -kMaxExactPower) {
    return nullptr;
  }
  const auto exact = static_cast<double>(digits);
  const double scaled = power < 0 ? exact / kPowersOfTen[-power] : exact * kPowersOfTen[power];
  value = negative ? -scaled : scaled;
  return at;
}

std::optional<double> ParseFloat(std::string_view text) {
  double short_value = 0;
  const char* const text_end = text.data() + text.size();
  if (TakeShortDecimal(text.data(), text_end, short_value) == text_end && !text.empty()) {
    return short_value;
  }
  std::string_view digits = text;
  bool negative = false;
  bool sign = false;
  if (!digits.empty() && (digits[0] == '+' || digits[0] == '-')) {
    negative = digits[0] == '-';
    sign = true;
    digits.remove_prefix(1);
  }
  if (digits.empty()) return std::nullopt;
  // from_chars also takes "inf" and "nan(...)", so words are told apart first.
  if (!IsDigit(digits[0]) && digits[0] != '.') {
    if (EqualsIgnoringCase(digits, "inf") || EqualsIgnoringCase(digits, "infinity")) {
      const double infinity = std::numeric_limits<double>::infinity();
      return negative ? -infinity : infinity;
    }
    if (!sign && EqualsIgnoringCase(digits, "nan")) {
      return std::numeric_limits<double>::quiet_NaN();
    }
    return std::nullopt;
  }
  double value = 0;
  const char* const end = digits.data() + digits.size();
  const auto [stopped, error] = std::from_chars(digits.data(), end, value);
  if (stopped != end) return std::nullopt;
  if (error == std::errc::result_out_of_range) {
    // Too large or too small: from_chars does not say which.
    value = std::strtod(std::string(digits).c_str(), nullptr);
    if (std::isinf(value)) return std::nullopt;
  } else if (error != std::errc()) {
    return std::nullopt;
  }
  return negative ? -value : value;
}

std::optional<int64_t> ParseInt(std::string_view text) {
  if (text.size() > 1 && text[0] == '+' && text[1] != '-') text.remove_prefix(1);
  int64_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || stopped != end) return std::nullopt;
  return value;
}

int64_t SecondsToMs(double seconds) {
  const double ms = std::round(seconds * 1000);
  if (ms >= 9.2233720368547758e18) return std::numeric_limits<int64_t>::max();
  if (ms <= -9.2233720368547758e18) return std::numeric_limits<int64_t>::min();
  return static_cast<int64_t>(ms);
}

std::string CanonicalFloat(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  char buffer[32];
  const auto scientific =
      std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::scientific);
  const std::string_view text(buffer, static_cast<size_t>(scientific.ptr - buffer));
  const size_t e = text.find('e');
  const int exponent = std::atoi(std::string(text.substr(e + 1)).c_str());
  // Where an exponent begins is what Go's FormatFloat(v, 'g', -1) does, since all exporters
  // written in Go, and Prometheus itself, write bounds so.
  if (exponent < -4 || exponent >= 6) return std::string(text);
  const auto fixed = std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::fixed);
  std::string out(buffer, static_cast<size_t>(fixed.ptr - buffer));
  if (out.find('.') == std::string::npos) out += ".0";
  return out;
}

}  // namespace glint::wire
