// Equality as a store means it: doubles by their bits, so that a NaN equals itself (a staleness
// marker that is sent twice is a repeat) and -0 is not 0. Thread-safe.
#pragma once

#include <bit>
#include <cstdint>

#include "model/exemplar.h"
#include "model/histogram.h"

namespace glint::storage {

inline bool SameBits(double a, double b) {
  return std::bit_cast<uint64_t>(a) == std::bit_cast<uint64_t>(b);
}
bool SameBits(const model::Histogram& a, const model::Histogram& b);
bool SameBits(const model::Exemplar& a, const model::Exemplar& b);

}  // namespace glint::storage
