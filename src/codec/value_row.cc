#include "codec/value_row.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <vector>

#include "base/check.h"

namespace glint::codec {
namespace {

static_assert(std::endian::native == std::endian::little);

// Which bytes of a difference are written: `length` of them above `below` that are zero.
struct Shape {
  uint8_t below;
  uint8_t length;
};

// Sixteen that fit a nibble. Numbers of few digits differ in high bytes, sums in low ones, and the
// highest byte (the sign and most of the exponent) seldom.
constexpr std::array<Shape, 16> kShapes = {{{6, 1},
                                            {6, 2},
                                            {5, 1},
                                            {5, 2},
                                            {5, 3},
                                            {4, 2},
                                            {4, 3},
                                            {3, 3},
                                            {3, 4},
                                            {2, 4},
                                            {2, 5},
                                            {0, 2},
                                            {0, 4},
                                            {0, 6},
                                            {0, 7},
                                            {0, 8}}};

// The shortest shape that covers all but `zeros_below` and `zeros_above` bytes, at
// [zeros_below * 8 + zeros_above].
constexpr std::array<uint8_t, 64> ShortestShapes() {
  std::array<uint8_t, 64> shortest{};
  for (int below = 0; below < 8; ++below) {
    for (int above = 0; above < 8; ++above) {
      int best = 15;
      for (int i = 0; i < 16; ++i) {
        const Shape shape = kShapes[static_cast<size_t>(i)];
        const bool covers = shape.below <= below && shape.below + shape.length >= 8 - above;
        if (covers && shape.length < kShapes[static_cast<size_t>(best)].length) best = i;
      }
      shortest[static_cast<size_t>(below * 8 + above)] = static_cast<uint8_t>(best);
    }
  }
  return shortest;
}
constexpr std::array<uint8_t, 64> kShortestShapes = ShortestShapes();

constexpr size_t kCellsAtOnce = 8;  // As many as a byte of the bitmap tells of.

uint64_t BitsAt(std::span<const double> row, size_t cell) {
  return cell < row.size() ? std::bit_cast<uint64_t>(row[cell]) : 0;
}

size_t MaskSize(size_t cells) { return (cells + 7) / 8; }

uint64_t LoadUpTo8(const char* from, size_t length) {
  uint64_t word = 0;
  std::memcpy(&word, from, length);
  return word;
}

}  // namespace

// Bitmap of the cells that differ; a nibble for the shape of each difference, low one first; bytes.
void EncodeRow(std::span<const double> row, std::span<const double> key, std::string& out) {
  DCHECK(key.size() <= row.size());
  const size_t masks = MaskSize(row.size());
  const size_t begin = out.size();
  // As if every cell had changed to something of all 8 bytes.
  out.resize(begin + masks + (row.size() + 1) / 2 + 8 * row.size() + 8);
  char* mask_at = &out[begin];
  std::vector<uint64_t> differences(row.size() + kCellsAtOnce);
  size_t changed = 0;
  for (size_t first = 0; first < row.size(); first += kCellsAtOnce) {
    const size_t cells = std::min(kCellsAtOnce, row.size() - first);
    unsigned mask = 0;
    for (size_t i = 0; i < cells; ++i) {
      const uint64_t bits = BitsAt(row, first + i) ^ BitsAt(key, first + i);
      // Written in any case and kept only if it is a difference: no branch to guess.
      differences[changed] = bits;
      changed += bits != 0 ? 1 : 0;
      mask |= (bits != 0 ? 1u : 0u) << i;
    }
    *mask_at++ = static_cast<char>(mask);
  }
  char* nibble_at = mask_at;
  char* byte_at = mask_at + (changed + 1) / 2;
  for (size_t i = 0; i < changed; ++i) {
    const uint64_t bits = differences[i];
    const auto below = static_cast<size_t>(std::countr_zero(bits)) / 8;
    const auto above = static_cast<size_t>(std::countl_zero(bits)) / 8;
    const uint8_t code = kShortestShapes[below * 8 + above];
    if (i % 2 == 0) {
      *nibble_at = static_cast<char>(code);
    } else {
      *nibble_at = static_cast<char>(static_cast<uint8_t>(*nibble_at) | code << 4);
      ++nibble_at;
    }
    const uint64_t word = bits >> (8 * kShapes[code].below);
    std::memcpy(byte_at, &word, sizeof word);
    byte_at += kShapes[code].length;
  }
  out.resize(static_cast<size_t>(byte_at - out.data()));
}

Status DecodeRow(std::string_view bytes, std::span<const double> key, std::span<double> out) {
  const auto damaged = [&] {
    return InvalidArgument("row of {} bytes for {} cells: cut off or damaged", bytes.size(),
                           out.size());
  };
  const size_t masks = MaskSize(out.size());
  if (bytes.size() < masks) return damaged();
  size_t changed = 0;
  for (size_t i = 0; i < masks; ++i) {
    changed += static_cast<size_t>(std::popcount(static_cast<uint8_t>(bytes[i])));
  }
  if (out.size() % 8 != 0 && static_cast<uint8_t>(bytes[masks - 1]) >> (out.size() % 8) != 0) {
    return damaged();  // A cell beyond the last.
  }
  const size_t nibbles = (changed + 1) / 2;
  if (bytes.size() - masks < nibbles) return damaged();
  const size_t same = std::min(key.size(), out.size());
  std::copy_n(key.begin(), same, out.begin());
  std::fill(out.begin() + static_cast<ptrdiff_t>(same), out.end(), 0.0);

  const char* const nibble_at = bytes.data() + masks;
  const char* at = nibble_at + nibbles;
  const char* const end = bytes.data() + bytes.size();
  size_t next = 0;
  for (size_t i = 0; i < masks; ++i) {
    for (auto mask = static_cast<uint8_t>(bytes[i]); mask != 0;
         mask = static_cast<uint8_t>(mask & (mask - 1))) {
      const auto pair = static_cast<uint8_t>(nibble_at[next / 2]);
      const Shape shape = kShapes[next % 2 == 0 ? pair & 15 : pair >> 4];
      ++next;
      const auto left = static_cast<size_t>(end - at);
      if (left < shape.length) return damaged();
      uint64_t word = left >= 8 ? LoadUpTo8(at, 8) : LoadUpTo8(at, left);
      if (shape.length < 8) word &= (uint64_t{1} << (8 * shape.length)) - 1;
      at += shape.length;
      double& cell = out[i * 8 + static_cast<size_t>(std::countr_zero(mask))];
      cell = std::bit_cast<double>(std::bit_cast<uint64_t>(cell) ^ word << (8 * shape.below));
    }
  }
  if (at != end) return damaged();
  return OkStatus();
}

}  // namespace glint::codec
