#include "codec/value_scale.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>

namespace glint::codec {
namespace {

constexpr double kLargest = 9007199254740992;  // 2^53: integers below it are exact as doubles.

constexpr std::array<double, kMaxDecimals + 1> kPowersOf10 = {1,   1e1, 1e2, 1e3, 1e4,
                                                              1e5, 1e6, 1e7, 1e8, 1e9};

bool IsSame(double a, double b) { return std::bit_cast<uint64_t>(a) == std::bit_cast<uint64_t>(b); }

// False if `value` is not that many decimals, exactly as a reader of decimals would have made it.
bool ToDecimal(double value, double power, int64_t& integer) {
  const double scaled = value * power;
  if (!(std::fabs(scaled) < kLargest)) return false;
  integer = static_cast<int64_t>(scaled + (scaled < 0 ? -0.5 : 0.5));
  return IsSame(static_cast<double>(integer) / power, value);
}

// The place of the lowest bit that is set: 0 for odd integers, -3 for 0.375.
int LowestBit(double value) {
  const uint64_t bits = std::bit_cast<uint64_t>(value);
  const int exponent = static_cast<int>(bits >> 52 & 0x7ff);
  const uint64_t fraction = bits & ((uint64_t{1} << 52) - 1);
  if (exponent == 0) {
    return fraction == 0 ? std::numeric_limits<int>::max() : std::countr_zero(fraction) - 1074;
  }
  return exponent - 1075 + std::countr_zero(fraction | uint64_t{1} << 52);
}

double Greatest(std::span<const double> values) {
  double greatest = 0;
  for (const double value : values) greatest = std::max(greatest, std::fabs(value));
  return greatest;
}

// kBits when no number of decimals suits all.
int DecimalScale(std::span<const double> values, std::vector<int64_t>& integers) {
  size_t scale = 1;
  int64_t integer = 0;
  for (const double value : values) {
    while (scale <= kMaxDecimals && !ToDecimal(value, kPowersOf10[scale], integer)) ++scale;
    if (scale > kMaxDecimals) return kBits;
  }
  // Those before the last rise of the scale are checked at last.
  for (size_t i = 0; i < values.size(); ++i) {
    if (!ToDecimal(values[i], kPowersOf10[scale], integers[i])) return kBits;
  }
  return static_cast<int>(scale);
}

}  // namespace

ScaledValues Scale(std::span<const double> values) {
  ScaledValues out;
  out.integers.resize(values.size());
  int lowest = std::numeric_limits<int>::max();
  for (const double value : values) lowest = std::min(lowest, LowestBit(value));
  const double greatest = Greatest(values);
  if (lowest >= 0 && greatest < kLargest) {
    const int zeros = greatest == 0 ? 0 : std::min(lowest, kBits - kZeroBits);
    out.scale = zeros == 0 ? 0 : kZeroBits - 1 + zeros;
    for (size_t i = 0; i < values.size(); ++i) {
      out.integers[i] = static_cast<int64_t>(values[i]) >> zeros;
    }
    return out;
  }
  const bool is_binary =
      lowest < 0 && lowest >= kFractionBits - kZeroBits && std::ldexp(greatest, -lowest) < kLargest;
  // A decimal digit takes 3.3 bits.
  if (!is_binary || -lowest > 3)
    out.scale = DecimalScale(values, out.integers);
  else
    out.scale = kBits;
  if (is_binary && (out.scale == kBits || -lowest * 3 < out.scale * 10)) {
    out.scale = kFractionBits - 1 - lowest;
    const double power = std::ldexp(1.0, -lowest);
    for (size_t i = 0; i < values.size(); ++i) {
      out.integers[i] = static_cast<int64_t>(values[i] * power);
    }
    return out;
  }
  if (out.scale != kBits) return out;
  uint64_t any = 0;
  for (const double value : values) any |= std::bit_cast<uint64_t>(value);
  out.shift = any == 0 ? 0 : std::countr_zero(any);
  for (size_t i = 0; i < values.size(); ++i) {
    const int64_t bits = std::bit_cast<int64_t>(values[i]) >> out.shift;
    out.integers[i] = bits ^ ((bits >> 63) & std::numeric_limits<int64_t>::max());
  }
  return out;
}

void Unscale(std::span<const int64_t> integers, int scale, int shift, std::span<double> out) {
  if (scale == kBits) {
    for (size_t i = 0; i < out.size(); ++i) {
      const int64_t bits =
          integers[i] ^ ((integers[i] >> 63) & std::numeric_limits<int64_t>::max());
      out[i] = std::bit_cast<double>(static_cast<uint64_t>(bits) << shift);
    }
  } else if (scale == 0) {
    for (size_t i = 0; i < out.size(); ++i) out[i] = static_cast<double>(integers[i]);
  } else if (scale <= kMaxDecimals) {
    const double power = kPowersOf10[static_cast<size_t>(scale)];
    for (size_t i = 0; i < out.size(); ++i) out[i] = static_cast<double>(integers[i]) / power;
  } else {
    const double power =
        std::ldexp(1.0, scale < kZeroBits ? kFractionBits - 1 - scale : scale - kZeroBits + 1);
    for (size_t i = 0; i < out.size(); ++i) out[i] = static_cast<double>(integers[i]) * power;
  }
}

}  // namespace glint::codec
