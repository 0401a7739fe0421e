#include "codec/bit_packing.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "base/check.h"

namespace glint::codec {
namespace {

static_assert(std::endian::native == std::endian::little);

uint64_t Load(const char* from) {
  uint64_t word;
  std::memcpy(&word, from, sizeof word);
  return word;
}

// A value of up to 57 bits, wherever it begins within a byte, is within one word.
constexpr int kOneWord = 57;

// Reads 8 bytes past the last value's first at most, so `from` goes on that far.
void UnpackPadded(const char* from, int width, std::span<uint64_t> out) {
  const uint64_t mask = width == 64 ? ~uint64_t{0} : (uint64_t{1} << width) - 1;
  size_t bit = 0;
  if (width <= kOneWord) {
    for (uint64_t& value : out) {
      value = Load(from + bit / 8) >> (bit % 8) & mask;
      bit += static_cast<size_t>(width);
    }
    return;
  }
  for (uint64_t& value : out) {
    const size_t below = bit % 8;
    value = Load(from + bit / 8) >> below;
    // The ninth byte; shifted twice, as a shift by 64 is undefined.
    value |= uint64_t{static_cast<uint8_t>(from[bit / 8 + 8])} << 1 << (63 - below);
    value &= mask;
    bit += static_cast<size_t>(width);
  }
}

}  // namespace

void PackBits(std::span<const uint64_t> values, int width, std::string& out) {
  if (width == 0) return;
  size_t at = out.size();
  out.resize(at + PackedSize(values.size(), width));
  uint64_t word = 0;
  int used = 0;
  for (const uint64_t value : values) {
    word |= value << used;
    used += width;
    if (used < 64) continue;
    std::memcpy(&out[at], &word, sizeof word);
    at += sizeof word;
    used -= 64;
    // What of this value did not fit; nothing, when it ended with the word.
    word = used == 0 ? 0 : value >> (width - used);
  }
  if (used > 0) std::memcpy(&out[at], &word, out.size() - at);
}

void UnpackBits(std::string_view bytes, int width, std::span<uint64_t> out) {
  DCHECK(bytes.size() == PackedSize(out.size(), width));
  if (width == 0) {
    std::fill(out.begin(), out.end(), uint64_t{0});
    return;
  }
  // Straight from `bytes` as far as whole words can be read, the end from a copy with room behind.
  constexpr size_t kEnd = 16;  // Values, so that the copy begins at a whole byte.
  constexpr size_t kPadding = 16;
  size_t direct = 0;
  if (bytes.size() > kPadding) {
    direct = (bytes.size() - kPadding) * 8 / static_cast<size_t>(width) / 8 * 8;
    direct = std::min(direct, out.size());
    UnpackPadded(bytes.data(), width, out.first(direct));
  }
  const std::string_view end = bytes.substr(direct * static_cast<size_t>(width) / 8);
  char padded[(kEnd + 8) * 8 + 2 * kPadding] = {};
  DCHECK(end.size() + kPadding <= sizeof padded);
  std::memcpy(padded, end.data(), end.size());
  UnpackPadded(padded, width, out.subspan(direct));
}

}  // namespace glint::codec
