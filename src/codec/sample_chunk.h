// A run of float samples of one series as few bytes: times as differences of differences, values as
// what suits all of them best: one constant, integers by difference, or XOR with the one before.
// Bit-exact. Start times cost nothing where there are none, and little where they stay the same.
//
// Thread-safe.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "model/time.h"

namespace glint::codec {

struct TimedSample {
  model::TimeMs time = 0;
  double value = 0;
  model::TimeMs start_time = 0;  // 0: unknown.
};

std::string EncodeSamples(std::span<const TimedSample> samples);

// INVALID_ARGUMENT: not such bytes, or more than `max_samples`.
StatusOr<std::vector<TimedSample>> DecodeSamples(std::string_view bytes,
                                                 size_t max_samples = 1 << 16);

}  // namespace glint::codec
