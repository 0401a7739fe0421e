#include "wire/number_text.h"

#include <bit>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <cstring>
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

constexpr uint64_t kTens[] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000};

// The number that the digits at `at` go on with, eight of them at a time: `value` followed by them.
// Modulo 2^64: whoever calls looks how many there were.
const char* TakeDigits(const char* at, const char* end, uint64_t& value) {
  while (end - at >= 8) {
    uint64_t chars;
    std::memcpy(&chars, at, 8);  // The first one is the lowest byte.
    uint64_t digits = chars - 0x3030303030303030u;
    // The top bit of each byte that is no digit; a borrow only reaches bytes behind such a one.
    const uint64_t others = ((chars + 0x4646464646464646u) | digits) & 0x8080808080808080u;
    const int count = others == 0 ? 8 : std::countr_zero(others) / 8;
    if (count == 0) return at;
    digits <<= (8 - count) * 8;  // Zeros in front of them.
    digits = digits * 10 + (digits >> 8);
    digits = ((digits & 0x000000ff000000ffu) * (100 + (uint64_t{1000000} << 32)) +
              ((digits >> 16) & 0x000000ff000000ffu) * (1 + (uint64_t{10000} << 32))) >>
             32;
    value = value * kTens[count] + (digits & 0xffffffffu);
    at += count;
    if (count < 8) return at;
  }
  while (at != end && IsDigit(*at)) value = value * 10 + static_cast<uint64_t>(*at++ - '0');
  return at;
}

}  // namespace

// Both factors are exact, so their product or quotient is rounded once: the nearest double.
const char* TakeShortDecimal(const char* at, const char* end, double& value) {
  const bool negative = at != end && *at == '-';
  if (negative) ++at;
  const char* const begin = at;
  uint64_t digits = 0;
  at = TakeDigits(at, end, digits);
  if (at == begin) return nullptr;
  int power = 0;
  if (at != end && *at == '.') {
    const char* const fraction = ++at;
    at = TakeDigits(at, end, digits);
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
