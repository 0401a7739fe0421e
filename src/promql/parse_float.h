// A whole text as a number, as labels such as `le` hold it. Thread-safe.
#pragma once

#include <optional>
#include <string_view>

namespace glint::promql {

// Signs, exponents, hexadecimal ("0x1F"), Inf, Infinity and NaN in any case. Empty: not a number.
std::optional<double> ParseFloat(std::string_view text);

}  // namespace glint::promql
