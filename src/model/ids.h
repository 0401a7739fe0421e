// Trace and span ids: 16 and 8 bytes, all zero means none.
// Source: W3C Trace Context, https://www.w3.org/TR/trace-context/#traceparent-header
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

namespace glint::model {

template <size_t kBytes>
struct Id {
  std::array<uint8_t, kBytes> bytes{};

  bool IsZero() const { return *this == Id(); }
  auto operator<=>(const Id&) const = default;

  // Lower-case hex, two characters a byte.
  std::string ToHex() const {
    static constexpr char kDigits[] = "0123456789abcdef";
    std::string out;
    out.reserve(2 * kBytes);
    for (const uint8_t byte : bytes) {
      out += kDigits[byte >> 4];
      out += kDigits[byte & 15];
    }
    return out;
  }

  // Hex of either case, of any length up to 2 * kBytes; shorter is padded with zeros on the left.
  // None when empty, longer, or not hex.
  static std::optional<Id> FromHex(std::string_view hex) {
    if (hex.empty() || hex.size() > 2 * kBytes) return std::nullopt;
    Id id;
    size_t nibble = 2 * kBytes - hex.size();
    for (const char c : hex) {
      int value = 0;
      if (c >= '0' && c <= '9') {
        value = c - '0';
      } else if (c >= 'a' && c <= 'f') {
        value = c - 'a' + 10;
      } else if (c >= 'A' && c <= 'F') {
        value = c - 'A' + 10;
      } else {
        return std::nullopt;
      }
      id.bytes[nibble / 2] |= static_cast<uint8_t>(value << (nibble % 2 == 0 ? 4 : 0));
      ++nibble;
    }
    return id;
  }

  // None when `raw` has not exactly kBytes.
  static std::optional<Id> FromBytes(std::string_view raw) {
    if (raw.size() != kBytes) return std::nullopt;
    Id id;
    std::memcpy(id.bytes.data(), raw.data(), kBytes);
    return id;
  }
  std::string_view AsBytes() const { return {reinterpret_cast<const char*>(bytes.data()), kBytes}; }
};

using TraceId = Id<16>;
using SpanId = Id<8>;

// For hash maps. Ids are random by specification, but not by every sender: mix the bytes.
struct IdHash {
  template <size_t kBytes>
  size_t operator()(const Id<kBytes>& id) const {
    uint64_t hash = 0;
    for (size_t i = 0; i < kBytes; i += 8) {
      uint64_t word;
      std::memcpy(&word, id.bytes.data() + i, 8);
      hash = (hash ^ word) * 0x9e3779b97f4a7c15u;
      hash ^= hash >> 32;
    }
    return hash;
  }
};

}  // namespace glint::model
