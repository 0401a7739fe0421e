#include "codec/value_column.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <optional>

#include "codec/byte_reader.h"
#include "codec/byte_writer.h"
#include "codec/integer_column.h"
#include "codec/special_values.h"
#include "codec/value_scale.h"

namespace glint::codec {
namespace {

// The first byte: the scale, and in the upper two bits what follows.
constexpr int kConstant = 0;
constexpr int kIntegers = 1;  // Order 0; the next two orders are the next two numbers.
// Instead of it: special values, then the column of the rest.
constexpr uint8_t kWithSpecials = 63;

using Values = std::span<const double>;

struct Kinds {
  bool are_same = true;
  bool have_specials = false;
};

Kinds KindsOf(Values values) {
  const uint64_t first = std::bit_cast<uint64_t>(values[0]);
  uint64_t difference = 0;
  unsigned specials = 0;
  for (const double value : values) {
    difference |= std::bit_cast<uint64_t>(value) ^ first;
    specials |= IsSpecial(value) ? 1u : 0u;
  }
  return {difference == 0, specials != 0};
}

// An integer's zigzag in as few bytes as it has, none for 0.
std::string ConstantInteger(int64_t integer) {
  std::string bytes;
  for (uint64_t left = ZigZag(integer); left != 0; left >>= 8) bytes += static_cast<char>(left);
  return bytes;
}

// The bits from the highest byte, without zero bytes at the end.
std::string ConstantBits(double value) {
  std::string bytes;
  for (uint64_t left = std::bit_cast<uint64_t>(value); left != 0; left <<= 8) {
    bytes += static_cast<char>(left >> 56);
  }
  return bytes;
}

void EncodeConstant(double value, std::string& out) {
  int scale = kBits;
  std::string bytes = ConstantBits(value);
  if (!IsSpecial(value)) {
    const ScaledValues scaled = Scale({&value, 1});
    if (scaled.scale != kBits) {
      std::string integer = ConstantInteger(scaled.integers[0]);
      if (integer.size() <= bytes.size()) {
        bytes = std::move(integer);
        scale = scaled.scale;
      }
    }
  }
  out += static_cast<char>(kConstant << 6 | scale);
  out += bytes;
}

// False: not such bytes.
bool DecodeConstant(std::string_view bytes, int scale, std::span<double> out) {
  if (bytes.size() > 8) return false;
  uint64_t word = 0;
  double value = 0;
  if (scale == kBits) {
    for (size_t i = 0; i < bytes.size(); ++i) {
      word |= uint64_t{static_cast<uint8_t>(bytes[i])} << (56 - 8 * i);
    }
    value = std::bit_cast<double>(word);
  } else {
    std::memcpy(&word, bytes.data(), bytes.size());
    const int64_t integer = UnZigZag(word);
    Unscale({&integer, 1}, scale, /*shift=*/0, {&value, 1});
  }
  std::fill(out.begin(), out.end(), value);
  return true;
}

// REQUIRES: none is special, not all are the same.
void EncodeVarying(Values values, std::string& out) {
  const ScaledValues scaled = Scale(values);
  const size_t head = out.size();
  out += '\0';
  if (scaled.scale == kBits) out += static_cast<char>(scaled.shift);
  const int order = EncodeIntegers(scaled.integers, out);
  out[head] = static_cast<char>((kIntegers + order) << 6 | scaled.scale);
}

// False: not such bytes. They may not begin with special values.
bool DecodeOrdinary(std::string_view bytes, std::span<double> out) {
  if (out.empty()) return bytes.empty();
  ByteReader in(bytes);
  const uint8_t head = in.U8();
  const int scale = head & 63;
  const int kind = head >> 6;
  if (!in.ok() || scale > kMaxScale) return false;
  if (kind == kConstant) return DecodeConstant(bytes.substr(1), scale, out);
  const uint8_t shift = scale == kBits ? in.U8() : 0;
  if (shift > 63) return false;
  // On the stack for the usual length: allocating costs as much as half of the decoding.
  std::array<int64_t, 512> few;
  std::vector<int64_t> many(out.size() <= few.size() ? 0 : out.size());
  const std::span<int64_t> integers =
      many.empty() ? std::span<int64_t>(few).first(out.size()) : std::span<int64_t>(many);
  DecodeIntegers(in, kind - kIntegers, integers);
  if (!in.ok() || in.left() > 0) return false;
  Unscale(integers, scale, shift, out);
  return true;
}

std::vector<SpecialRun> FindSpecials(Values values) {
  std::vector<SpecialRun> runs;
  for (size_t i = 0; i < values.size(); ++i) {
    if (!IsSpecial(values[i])) continue;
    const uint64_t bits = std::bit_cast<uint64_t>(values[i]);
    if (!runs.empty() && runs.back().begin + runs.back().length == i && runs.back().bits == bits) {
      ++runs.back().length;
    } else {
      runs.push_back({i, 1, bits});
    }
  }
  return runs;
}

}  // namespace

void EncodeValues(Values values, std::string& out) {
  if (values.empty()) return;
  const Kinds kinds = KindsOf(values);
  if (kinds.are_same) return EncodeConstant(values[0], out);
  if (!kinds.have_specials) return EncodeVarying(values, out);
  out += static_cast<char>(kWithSpecials);
  EncodeSpecials(FindSpecials(values), out);
  std::vector<double> ordinary;
  ordinary.reserve(values.size());
  for (const double value : values) {
    if (!IsSpecial(value)) ordinary.push_back(value);
  }
  if (!ordinary.empty()) EncodeValues(ordinary, out);
}

Status DecodeValues(std::string_view bytes, std::span<double> out) {
  bool is_ok;
  if (!bytes.empty() && static_cast<uint8_t>(bytes[0]) == kWithSpecials) {
    ByteReader in(bytes.substr(1));
    const std::vector<SpecialRun> specials = DecodeSpecials(in, out.size());
    is_ok = in.ok() &&
            DecodeOrdinary(in.Raw(in.left()), out.first(OrdinaryCount(specials, out.size())));
    if (is_ok) InsertSpecials(specials, out);
  } else {
    is_ok = DecodeOrdinary(bytes, out);
  }
  if (is_ok) return OkStatus();
  return InvalidArgument("value column of {} bytes for {} values: cut off or damaged", bytes.size(),
                         out.size());
}

}  // namespace glint::codec
