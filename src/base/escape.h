// Text made safe for the place where it is shown. Thread-safe.
#pragma once

#include <string>
#include <string_view>

namespace glint {

// For the inside of a JSON string. Bytes that are not UTF-8 become U+FFFD, so what we send is
// always valid.
std::string EscapeJson(std::string_view text);

// Control characters as \n, \r, \t, \x1b: one event stays one line and a terminal is safe.
std::string EscapeLineBreaks(std::string_view text);

// For messages: at most max_bytes, cut at a character, "..." when cut, control characters escaped.
std::string Excerpt(std::string_view text, size_t max_bytes = 80);

}  // namespace glint
