// Numbers as the exposition formats write them. Thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace glint::wire {

// A decimal number, or "Inf", "Infinity" (with or without sign) or "NaN", in any case. Nearest
// double; what is too small is 0. None: another text (hexadecimal and "1_000" too), blanks, or a
// number too large for a double.
std::optional<double> ParseFloat(std::string_view text);

// The short decimal that `at` begins with, up to the first character that is none of its: digits,
// a point among them, a sign before, an exponent after. Null when there is none, or when it takes
// more than one exact multiplication: whoever asks then has ParseFloat(), and the same number.
const char* TakeShortDecimal(const char* at, const char* end, double& value);

// A whole number in decimal, with or without sign. None when it is not, or beyond 64 bits.
std::optional<int64_t> ParseInt(std::string_view text);

// Milliseconds nearest to `seconds`, at the ends of the range when beyond. REQUIRES: not NaN.
int64_t SecondsToMs(double seconds);

// The form that OpenMetrics recommends and Prometheus 3 stores for `le` and `quantile`: shortest
// text that reads back the same, with a point or an exponent: 1 -> "1.0", 1000000 -> "1e+06".
std::string CanonicalFloat(double value);

}  // namespace glint::wire
