// The groups in which a column of integers is packed: how long each is, from what least value and
// how wide. What integer_column.h is made of, apart so that the layout and the choice can be read
// alone.
//
// Thread-safe.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "codec/byte_writer.h"

namespace glint::codec {

// Groups have kGroup values, and the last one up to kLastGroup, as a short one costs a head too.
inline constexpr size_t kGroup = 128;
inline constexpr size_t kLastGroup = 192;
static_assert(kLastGroup <= 256, "an outlier's place is one byte");

// Where widths differ much within a group, shorter ones pay.
inline constexpr size_t kShortGroup = 32;

// Heads of a group: a width of 0 to 64 bits, kPatched if outliers follow; kRun; or kShort, which
// the head of a short group follows.
inline constexpr uint8_t kPatched = 0x80;
inline constexpr uint8_t kShort = 0x7e;
inline constexpr uint8_t kRun = 0x7f;

struct IntegerGroup {
  size_t length = 0;
  bool is_run = false;
  bool is_short = false;
  int width = 0;
  uint64_t base = 0;
  size_t size = 0;  // In bytes, all of it.
};

using Words = std::span<const uint64_t>;

inline size_t GroupLength(size_t left) { return left <= kLastGroup ? left : kGroup; }

inline int BitWidth(uint64_t word) { return static_cast<int>(std::bit_width(word)); }

inline size_t VarintSize(int bits) { return static_cast<size_t>(bits + 6) / 7; }

// Of the word as a signed varint.
inline size_t SignedSize(uint64_t word) {
  return VarintSize(std::max(BitWidth(ZigZag(static_cast<int64_t>(word))), 1));
}

// Of words as signed integers.
struct Range {
  int64_t least = std::numeric_limits<int64_t>::max();
  int64_t greatest = std::numeric_limits<int64_t>::min();

  void Add(uint64_t word) {
    least = std::min(least, static_cast<int64_t>(word));
    greatest = std::max(greatest, static_cast<int64_t>(word));
  }
  int width() const {
    return BitWidth(static_cast<uint64_t>(greatest) - static_cast<uint64_t>(least));
  }
};

// The groups that take least, into `groups`: all of `words`, in order. Returns their size in bytes.
size_t PlanGroups(Words words, std::vector<IntegerGroup>& groups);

}  // namespace glint::codec
