#include "codec/bit_packing.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <utility>

#include "base/check.h"

namespace glint::codec {
namespace {

static_assert(std::endian::native == std::endian::little);

// So many values take as many bytes as their width has bits.
constexpr size_t kBatch = 8;
// No value reads further than this from the byte in which it begins.
constexpr size_t kReach = 9;

template <int kWidth, size_t kIndex>
uint64_t Get(const char* from) {
  constexpr size_t kBit = kIndex * kWidth;
  constexpr size_t kShift = kBit % 8;
  uint64_t word;
  std::memcpy(&word, from + kBit / 8, sizeof word);
  word >>= kShift;
  if constexpr (kShift + kWidth > 64) {
    word |= uint64_t{static_cast<uint8_t>(from[kBit / 8 + 8])} << (64 - kShift);
  }
  if constexpr (kWidth < 64) word &= (uint64_t{1} << kWidth) - 1;
  return word;
}

// With the width known every offset and shift is a constant.
template <int kWidth>
void UnpackBatches(const char* from, size_t batches, uint64_t base, uint64_t* out) {
  for (; batches > 0; --batches, from += kWidth, out += kBatch) {
    [&]<size_t... kIndex>(std::index_sequence<kIndex...>) {
      ((out[kIndex] = Get<kWidth, kIndex>(from) + base), ...);
    }
    (std::make_index_sequence<kBatch>());
  }
}

using Unpacker = void (*)(const char*, size_t, uint64_t, uint64_t*);
constexpr std::array<Unpacker, 65> kUnpackers =
    []<size_t... kWidth>(std::index_sequence<kWidth...>) {
  return std::array<Unpacker, 65>{UnpackBatches<static_cast<int>(kWidth)>...};
}
(std::make_index_sequence<65>());

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

void UnpackBits(std::string_view bytes, int width, uint64_t base, std::span<uint64_t> out) {
  DCHECK(bytes.size() == PackedSize(out.size(), width));
  if (width == 0) {
    std::fill(out.begin(), out.end(), base);
    return;
  }
  const Unpacker unpack = kUnpackers[static_cast<size_t>(width)];
  const auto stride = static_cast<size_t>(width);
  // Straight from `bytes` as long as nothing behind them is touched.
  size_t batches = out.size() / kBatch;
  while (batches > 0 && batches * stride - 1 + kReach > bytes.size()) --batches;
  unpack(bytes.data(), batches, base, out.data());
  out = out.subspan(batches * kBatch);
  bytes.remove_prefix(batches * stride);
  // The last batches from a copy with room behind, and room for values that are not there.
  while (!out.empty()) {
    std::array<char, 64 + kReach> copy{};
    std::memcpy(copy.data(), bytes.data(), std::min(bytes.size(), stride));
    std::array<uint64_t, kBatch> values;
    unpack(copy.data(), 1, base, values.data());
    const size_t count = std::min(out.size(), kBatch);
    std::copy_n(values.begin(), count, out.begin());
    out = out.subspan(count);
    bytes.remove_prefix(std::min(bytes.size(), stride));
  }
}

}  // namespace glint::codec
