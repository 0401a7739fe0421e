// Text of unknown origin as UTF-8, which both exposition formats and protobuf strings have to be.
#pragma once

#include <string>
#include <string_view>

namespace glint::internal {

// `text`, each byte that is no part of a well-formed sequence replaced by U+FFFD.
std::string ValidUtf8(std::string_view text);

}  // namespace glint::internal
