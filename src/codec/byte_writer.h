// Writes values as bytes: little-endian, varints as in LEB128, doubles by their bits.
// ByteReader is its other half. Thread-compatible.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace glint::codec {

// Small numbers of either sign become small unsigned ones.
constexpr uint64_t ZigZag(int64_t value) {
  return (static_cast<uint64_t>(value) << 1) ^ static_cast<uint64_t>(value >> 63);
}
constexpr int64_t UnZigZag(uint64_t value) {
  return static_cast<int64_t>(value >> 1) ^ -static_cast<int64_t>(value & 1);
}

class ByteWriter {
 public:
  void U8(uint8_t value) { bytes_ += static_cast<char>(value); }
  void U32(uint32_t value) { Fixed(value); }
  void U64(uint64_t value) { Fixed(value); }
  void Double(double value) { Fixed(std::bit_cast<uint64_t>(value)); }
  void Varint(uint64_t value) {
    char buffer[10];
    size_t length = 0;
    for (; value >= 0x80; value >>= 7) buffer[length++] = static_cast<char>(value | 0x80);
    buffer[length++] = static_cast<char>(value);
    bytes_.append(buffer, length);
  }
  void SignedVarint(int64_t value) { Varint(ZigZag(value)); }
  // Length, then the bytes.
  void Text(std::string_view text) {
    Varint(text.size());
    bytes_ += text;
  }
  void Raw(std::string_view bytes) { bytes_ += bytes; }
  void Reserve(size_t more) { bytes_.reserve(bytes_.size() + more); }

  const std::string& bytes() const { return bytes_; }
  size_t size() const { return bytes_.size(); }
  std::string Take() { return std::move(bytes_); }

 private:
  template <typename T>
  void Fixed(T value) {
    static_assert(std::endian::native == std::endian::little);
    char buffer[sizeof value];
    std::memcpy(buffer, &value, sizeof value);
    bytes_.append(buffer, sizeof value);
  }
  std::string bytes_;
};

}  // namespace glint::codec
