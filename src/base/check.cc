#include "base/check.h"

#include <cstdio>
#include <cstdlib>

namespace glint {

void CheckFailedAt(const char* file, int line, const char* condition, const char* detail) {
  std::fprintf(stderr, "%s:%d: CHECK failed: %s%s%s\n", file, line, condition,
               detail == nullptr ? "" : ": ", detail == nullptr ? "" : detail);
  std::fflush(stderr);
  std::abort();
}

}  // namespace glint
