// Base64 with padding (RFC 4648 section 4), and reading of the URL alphabet too. Thread-safe.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace glint {

std::string Base64Encode(std::string_view bytes);

// Either alphabet, padding optional. None when a character or the length is wrong.
std::optional<std::string> Base64Decode(std::string_view text);

}  // namespace glint
