// Strings as PromQL and its messages write them, which is how Go writes them. Thread-safe.
// Source: https://go.dev/ref/spec#String_literals
#pragma once

#include <string>
#include <string_view>

#include "base/status.h"

namespace glint::promql {

// With double quotes round it, as fmt.Sprintf("%q"): control characters and bytes that are not
// UTF-8 escaped.
std::string Quote(std::string_view text);
// One character in single quotes, as %q prints a rune. `text` starts with it.
std::string QuoteFirstCharacter(std::string_view text);

// The reverse; `literal` includes its quotes: "..", '..' or `..`.
// INVALID_ARGUMENT: an escape that does not exist or is cut off.
StatusOr<std::string> Unquote(std::string_view literal);

// The shortest decimal that reads back: as Go's %g ("1e+06", "NaN", "+Inf").
std::string FormatG(double value);
// The same without an exponent, as strconv's 'f' with precision -1 ("1000000").
std::string FormatF(double value);

}  // namespace glint::promql
