// Unsigned integers of one width, 0 to 64 bits each, one after the other without gaps, low bits
// first. The innermost loop of every column of integers.
//
// Thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace glint::codec {

inline constexpr size_t PackedSize(size_t count, int width) {
  return (count * static_cast<size_t>(width) + 7) / 8;
}

// Appends PackedSize() bytes. REQUIRES: no value has more bits than `width`.
void PackBits(std::span<const uint64_t> values, int width, std::string& out);

// Each with `base` added, wrapping. REQUIRES: `bytes` has PackedSize() bytes.
void UnpackBits(std::string_view bytes, int width, uint64_t base, std::span<uint64_t> out);

}  // namespace glint::codec
