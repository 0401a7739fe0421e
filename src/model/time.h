// Points in time and ranges of them. Metrics count milliseconds, spans nanoseconds, both since
// 1970-01-01 UTC.
#pragma once

#include <cstdint>
#include <limits>

namespace glint::model {

using TimeMs = int64_t;
using TimeNs = int64_t;

inline constexpr TimeMs kMinTimeMs = std::numeric_limits<int64_t>::min();
inline constexpr TimeMs kMaxTimeMs = std::numeric_limits<int64_t>::max();

// Both ends included, as in PromQL. Empty when start > end.
struct TimeRange {
  TimeMs start = kMinTimeMs;
  TimeMs end = kMaxTimeMs;

  bool Contains(TimeMs time) const { return time >= start && time <= end; }
  bool Overlaps(TimeMs first, TimeMs last) const { return first <= end && last >= start; }
};

}  // namespace glint::model
