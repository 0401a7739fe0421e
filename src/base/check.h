// CHECK: our own mistakes end the process, in every build; DCHECK only where NDEBUG is not set.
// Never for what comes from outside: that is a Status.
#pragma once

namespace glint {

// Prints "file:line: CHECK failed: condition" (and detail, if not null) and aborts.
[[noreturn]] void CheckFailedAt(const char* file, int line, const char* condition,
                                const char* detail);

}  // namespace glint

#define CheckFailed(condition, detail) ::glint::CheckFailedAt(__FILE__, __LINE__, condition, detail)

#define CHECK(condition)                                               \
  do {                                                                 \
    if (!(condition)) [[unlikely]] {                                   \
      ::glint::CheckFailedAt(__FILE__, __LINE__, #condition, nullptr); \
    }                                                                  \
  } while (false)

#ifdef NDEBUG
#define DCHECK(condition) \
  do {                    \
  } while (false && (condition))
#else
#define DCHECK(condition) CHECK(condition)
#endif
