// Integers as few bytes: as they are, as differences, or as differences of differences, bit-packed
// in groups that each have their own least value and width, with outliers patched in. Runs of one
// value take a few bytes, however long. What columns of times and of values are made of.
//
// All arithmetic wraps, so any integers will do. Layout: docs/format/columns.md.
//
// Thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "codec/byte_reader.h"

namespace glint::codec {

// How often neighbours were subtracted before packing.
inline constexpr int kMaxOrder = 2;

// Appends to `out` in the order that takes least, and returns it: the bytes do not tell it.
int EncodeIntegers(std::span<const int64_t> values, std::string& out);

// Fills `out`, which is as long as what was encoded, from as much of `in` as that takes. After
// damage in.ok() is false and `out` holds anything. REQUIRES: 0 <= order <= kMaxOrder.
void DecodeIntegers(ByteReader& in, int order, std::span<int64_t> out);

}  // namespace glint::codec
