// UTF-8: is it valid, and how long is the character that starts here? Thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace glint {

// Length in bytes of the valid character at the start of `text`; 0 if there is none (empty,
// truncated, overlong, a surrogate, above U+10FFFF).
size_t Utf8CharLength(std::string_view text);

bool IsValidUtf8(std::string_view text);

// Number of characters; each byte that is not valid counts as one.
size_t Utf8CharCount(std::string_view text);

}  // namespace glint
