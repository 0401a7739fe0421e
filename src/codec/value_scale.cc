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

// False if one is no integer.
bool ScaleIntegers(std::span<const double> values, ScaledValues& out) {
  uint64_t any = 0;
  for (size_t i = 0; i < values.size(); ++i) {
    if (!(std::fabs(values[i]) < kLargest)) return false;
    const auto integer = static_cast<int64_t>(values[i]);
    if (static_cast<double>(integer) != values[i]) return false;
    out.integers[i] = integer;
    any |= static_cast<uint64_t>(integer);
  }
  const int zeros = any == 0 ? 0 : std::min(std::countr_zero(any), kBits - kZeroBits);
  out.scale = zeros == 0 ? 0 : kZeroBits - 1 + zeros;
  if (zeros > 0) {
    for (int64_t& integer : out.integers) integer >>= zeros;
  }
  return true;
}

// How many binary places suit all, of at most so many; 0 for none, as integers were tried.
int BinaryPlaces(std::span<const double> values) {
  constexpr int kMost = kZeroBits - kFractionBits;
  int lowest = 0;
  double greatest = 0;
  for (const double value : values) {
    lowest = std::min(lowest, LowestBit(value));
    if (lowest < -kMost) return 0;
    greatest = std::max(greatest, std::fabs(value));
  }
  return std::ldexp(greatest, -lowest) < kLargest ? -lowest : 0;
}

// How many decimals suit all, 0 for none; then `integers` are made.
int ScaleDecimals(std::span<const double> values, std::vector<int64_t>& integers) {
  // A few first: most numbers that are no decimals are found out by one.
  constexpr size_t kTried = 4;
  size_t places = 1;
  int64_t integer = 0;
  const auto suits = [&](double value) {
    while (places <= kMaxDecimals && !ToDecimal(value, kPowersOf10[places], integer)) ++places;
    return places <= kMaxDecimals;
  };
  for (size_t i = 0; i < kTried; ++i) {
    if (!suits(values[i * (values.size() - 1) / (kTried - 1)])) return 0;
  }
  size_t last_rise = 0;
  for (size_t i = 0; i < values.size(); ++i) {
    const size_t before = places;
    if (!suits(values[i])) return 0;
    integers[i] = integer;
    if (places != before) last_rise = i;
  }
  for (size_t i = 0; i < last_rise; ++i) {
    if (!ToDecimal(values[i], kPowersOf10[places], integers[i])) return 0;
  }
  return static_cast<int>(places);
}

void ScaleBits(std::span<const double> values, ScaledValues& out) {
  uint64_t any = 0;
  for (const double value : values) any |= std::bit_cast<uint64_t>(value);
  out.scale = kBits;
  out.shift = any == 0 ? 0 : std::countr_zero(any);
  for (size_t i = 0; i < values.size(); ++i) {
    const int64_t bits = std::bit_cast<int64_t>(values[i]) >> out.shift;
    out.integers[i] = bits ^ ((bits >> 63) & std::numeric_limits<int64_t>::max());
  }
}

// Divisions are what takes time here. In blocks of known size, of values that are in memory by
// then, the compiler makes them by pairs.
void Divide(std::span<const int64_t> integers, double by, std::span<double> out) {
  for (size_t i = 0; i < out.size(); ++i) out[i] = static_cast<double>(integers[i]);
  constexpr size_t kBlock = 4;
  double* at = out.data();
  double* const end = at + out.size();
  for (; end - at >= static_cast<ptrdiff_t>(kBlock); at += kBlock) {
    for (size_t k = 0; k < kBlock; ++k) at[k] /= by;
  }
  for (; at != end; ++at) *at /= by;
}

}  // namespace

ScaledValues Scale(std::span<const double> values) {
  ScaledValues out;
  if (values.empty()) return out;
  out.integers.resize(values.size());
  if (ScaleIntegers(values, out)) return out;
  const int binary = BinaryPlaces(values);
  // A decimal place takes 3.3 bits.
  const int decimals = binary > 0 && binary <= 3 ? 0 : ScaleDecimals(values, out.integers);
  if (binary > 0 && (decimals == 0 || binary * 3 < decimals * 10)) {
    out.scale = kFractionBits - 1 + binary;
    const double power = std::ldexp(1.0, binary);
    for (size_t i = 0; i < values.size(); ++i) {
      out.integers[i] = static_cast<int64_t>(values[i] * power);
    }
  } else if (decimals > 0) {
    out.scale = decimals;
  } else {
    ScaleBits(values, out);
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
    Divide(integers, kPowersOf10[static_cast<size_t>(scale)], out);
  } else {
    const double power =
        std::ldexp(1.0, scale < kZeroBits ? kFractionBits - 1 - scale : scale - kZeroBits + 1);
    for (size_t i = 0; i < out.size(); ++i) out[i] = static_cast<double>(integers[i]) * power;
  }
}

}  // namespace glint::codec
