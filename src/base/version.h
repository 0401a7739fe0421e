// What this build calls itself. Thread-safe.
#pragma once

#include <string_view>

namespace glint {

std::string_view Version();   // "0.1.0"
std::string_view Compiler();  // "GCC 12.2.0"

}  // namespace glint
