// One value of a series at one time, and the two special NaNs of Prometheus.
#pragma once

#include <bit>
#include <cstdint>

#include "model/time.h"

namespace glint::model {

// "This series ended here": written when a target no longer has it.
// Source: prometheus/model/value/value.go, the bit pattern is part of the remote-write protocol.
inline constexpr uint64_t kStaleNanBits = 0x7ff0000000000002u;
// The NaN that a computation yields.
inline constexpr uint64_t kNormalNanBits = 0x7ff8000000000001u;

inline double StaleNan() { return std::bit_cast<double>(kStaleNanBits); }
inline bool IsStaleNan(double value) { return std::bit_cast<uint64_t>(value) == kStaleNanBits; }

struct Sample {
  TimeMs time = 0;
  double value = 0;
};

}  // namespace glint::model
