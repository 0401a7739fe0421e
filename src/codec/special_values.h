// Values that would spoil the form of a column: NaNs, infinities and -0, or any others that a
// column is better without. They are taken out, listed by their place in runs, and put back.
//
// Layout: docs/format/columns.md. Thread-safe.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "codec/byte_reader.h"

namespace glint::codec {

// Neither finite nor anything that an integer can stand for.
inline bool IsSpecial(double value) {
  constexpr uint64_t kExponent = 0x7ff0000000000000u;
  const uint64_t bits = std::bit_cast<uint64_t>(value);
  return (bits & kExponent) == kExponent || bits == uint64_t{1} << 63;
}

// Equal bits at neighbouring places.
struct SpecialRun {
  size_t begin = 0;
  size_t length = 0;
  uint64_t bits = 0;
};

// Appends to `out`. REQUIRES: ascending, disjoint.
void EncodeSpecials(std::span<const SpecialRun> runs, std::string& out);

// Runs within `rows`. After damage in.ok() is false.
std::vector<SpecialRun> DecodeSpecials(ByteReader& in, size_t rows);

// How many of `rows` are in no run. REQUIRES: what DecodeSpecials() returned for `rows`.
size_t OrdinaryCount(std::span<const SpecialRun> runs, size_t rows);

// Moves the first OrdinaryCount() of `values` to where they belong, and puts the runs between.
void InsertSpecials(std::span<const SpecialRun> runs, std::span<double> values);

}  // namespace glint::codec
