#include "base/version.h"

namespace glint {

std::string_view Version() { return GLINT_VERSION; }

std::string_view Compiler() {
#ifdef __clang__
  return "clang " __clang_version__;
#else
  return "GCC " __VERSION__;
#endif
}

}  // namespace glint
