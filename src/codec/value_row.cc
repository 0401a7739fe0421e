#include "codec/value_row.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <memory>

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

// Those of `kCount` cells, of which `end` gets the ones that are not 0: a bit each.
template <size_t kCount>
unsigned Differences(const double* row, const double* key, uint64_t*& end) {
  std::array<uint64_t, kCount> bits;
  uint64_t any = 0;
  for (size_t i = 0; i < kCount; ++i) {
    bits[i] = std::bit_cast<uint64_t>(row[i]) ^ std::bit_cast<uint64_t>(key[i]);
    any |= bits[i];
  }
  if (any == 0) return 0;
  unsigned mask = 0;
  for (size_t i = 0; i < kCount; ++i) {
    // Written in any case and kept only if it is a difference: no branch to guess.
    *end = bits[i];
    end += bits[i] != 0 ? 1 : 0;
    mask |= (bits[i] != 0 ? 1u : 0u) << i;
  }
  return mask;
}

// The same of up to 8 cells, where the row or the key ends.
unsigned DifferencesAtEnd(std::span<const double> row, std::span<const double> key, size_t cell,
                          uint64_t*& end) {
  unsigned mask = 0;
  for (size_t i = 0; i < std::min(row.size(), kCellsAtOnce); ++i) {
    const double before = cell + i < key.size() ? key[cell + i] : 0.0;
    mask |= Differences<1>(&row[i], &before, end) << i;
  }
  return mask;
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
  key = key.first(std::min(key.size(), row.size()));
  const size_t begin = out.size();
  out.resize(begin + MaskSize(row.size()));
  char* mask_at = out.data() + begin;
  const std::unique_ptr<uint64_t[]> differences(new uint64_t[row.size() + kCellsAtOnce]);
  uint64_t* end = differences.get();
  size_t cell = 0;
  for (; cell + kCellsAtOnce <= key.size(); cell += kCellsAtOnce) {
    *mask_at++ = static_cast<char>(Differences<kCellsAtOnce>(&row[cell], &key[cell], end));
  }
  for (; cell < row.size(); cell += kCellsAtOnce) {
    *mask_at++ = static_cast<char>(DifferencesAtEnd(row.subspan(cell), key, cell, end));
  }
  const auto changed = static_cast<size_t>(end - differences.get());

  const size_t nibbles = out.size();
  // As if each difference took all 8 bytes.
  out.resize(nibbles + (changed + 1) / 2 + 8 * changed);
  char* nibble_at = out.data() + nibbles;
  char* byte_at = nibble_at + (changed + 1) / 2;
  unsigned pair = 0;
  for (size_t i = 0; i < changed; ++i) {
    const uint64_t bits = differences[i];
    const auto below = static_cast<size_t>(std::countr_zero(bits)) / 8;
    const auto above = static_cast<size_t>(std::countl_zero(bits)) / 8;
    const uint8_t code = kShortestShapes[below * 8 + above];
    pair = pair >> 4 | static_cast<unsigned>(code) << 4;
    nibble_at[i / 2] = static_cast<char>(i % 2 == 0 ? pair >> 4 : pair);
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
