// How doubles become integers and come back bit for bit: times a power of two, divided by a power
// of ten, or by the order of their bits.
//
// Thread-safe.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace glint::codec {

// One number for each way, as it is stored.
//   0..9    integer / 10^scale
//   10..41  integer * 2^-(scale - 9)
//   42..61  integer * 2^(scale - 41)
//   62      the bits as an integer, negative ones turned round so that they ascend as the doubles
//   do
inline constexpr int kMaxDecimals = 9;
inline constexpr int kFractionBits = 10;  // 1 of them; 32 are 41.
inline constexpr int kZeroBits = 42;      // 1 of them; 20 are 61.
inline constexpr int kBits = 62;
inline constexpr int kMaxScale = kBits;

struct ScaledValues {
  int scale = 0;
  int shift = 0;  // With kBits: so many low bits are zero in all, and left out.
  std::vector<int64_t> integers;
};

// By the way that needs the smallest integers. REQUIRES: no IsSpecial() value.
ScaledValues Scale(std::span<const double> values);

// REQUIRES: scale <= kMaxScale, shift < 64. Any integers will do.
void Unscale(std::span<const int64_t> integers, int scale, int shift, std::span<double> out);

}  // namespace glint::codec
