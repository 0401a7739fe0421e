// Reads what ByteWriter wrote, from bytes that nobody has promised to be right.
//
// After the first value that is not there every further one is zero or empty and ok() is false,
// so a decoder checks once a section, not once a value. Thread-compatible.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "base/status.h"
#include "codec/byte_writer.h"

namespace glint::codec {

class ByteReader {
 public:
  // `bytes` outlives this, and what Text() and Raw() return.
  explicit ByteReader(std::string_view bytes) : bytes_(bytes) {}

  uint8_t U8() { return Fixed<uint8_t>(); }
  uint32_t U32() { return Fixed<uint32_t>(); }
  uint64_t U64() { return Fixed<uint64_t>(); }
  double Double() { return std::bit_cast<double>(Fixed<uint64_t>()); }

  uint64_t Varint() {
    uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (at_ == bytes_.size()) break;
      const auto byte = static_cast<uint8_t>(bytes_[at_++]);
      if (shift == 63 && byte > 1) break;  // More than 64 bits.
      value |= static_cast<uint64_t>(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    Fail();
    return 0;
  }
  int64_t SignedVarint() { return UnZigZag(Varint()); }
  uint32_t Varint32() {
    const uint64_t value = Varint();
    if (value > UINT32_MAX) Fail();
    return static_cast<uint32_t>(value);
  }

  std::string_view Text() { return Raw(Varint()); }
  std::string_view Raw(uint64_t length) {
    if (length > left()) {
      Fail();
      return {};
    }
    const std::string_view out = bytes_.substr(at_, length);
    at_ += length;
    return out;
  }

  // A number of items, each of which takes at least `bytes_each`: never more than can follow, so
  // a damaged count costs no memory.
  size_t Count(size_t bytes_each) {
    const uint64_t count = Varint();
    if (count > left() / bytes_each) {
      Fail();
      return 0;
    }
    return static_cast<size_t>(count);
  }

  size_t left() const { return bytes_.size() - at_; }
  size_t offset() const { return at_; }
  bool ok() const { return ok_; }
  void Fail() {
    ok_ = false;
    bytes_ = {};
    at_ = 0;
  }

 private:
  template <typename T>
  T Fixed() {
    T value = 0;
    const std::string_view raw = Raw(sizeof value);
    if (raw.size() == sizeof value) std::memcpy(&value, raw.data(), sizeof value);
    return value;
  }
  std::string_view bytes_;
  size_t at_ = 0;
  bool ok_ = true;
};

}  // namespace glint::codec
