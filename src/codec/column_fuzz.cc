// Columns and rows of foreign bytes; and of whatever the same bytes are as doubles, which must come
// back bit for bit. The first byte says what, the second how long.
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "base/check.h"
#include "codec/byte_reader.h"
#include "codec/histogram_bytes.h"
#include "codec/histogram_column.h"
#include "codec/time_column.h"
#include "codec/value_column.h"
#include "codec/value_row.h"

namespace glint::codec {
namespace {

using Doubles = std::vector<double>;

constexpr size_t kMaxBuckets = 4096;

bool HaveSameBits(const Doubles& a, const Doubles& b) {
  return a.size() == b.size() && (a.empty() || std::memcmp(a.data(), b.data(), a.size() * 8) == 0);
}

// Every other length of item, so that small numbers and neighbouring ones occur.
Doubles DoublesIn(std::string_view bytes) {
  Doubles out;
  ByteReader in(bytes);
  while (in.left() > 0) {
    const uint8_t kind = in.U8();
    const double last = out.empty() ? 0 : out.back();
    switch (kind & 7) {
      case 0:
        out.push_back(in.Double());
        break;
      case 1:
        out.push_back(last + (kind >> 3));
        break;
      case 2:
        out.push_back(last - (kind >> 3) / 10.0);
        break;
      case 3:
        out.push_back(static_cast<double>(in.SignedVarint()));
        break;
      case 4:
        out.push_back(static_cast<double>(in.SignedVarint()) / 1000);
        break;
      case 5:
        out.push_back(std::bit_cast<double>(std::bit_cast<uint64_t>(last) + in.U8()));
        break;
      case 6:
        out.push_back(static_cast<double>(in.U8()) * 4096);
        break;
      default:
        out.insert(out.end(), 1 + (kind >> 3), last);
    }
  }
  return out;
}

void RoundTripValues(const Doubles& values) {
  std::string bytes;
  EncodeValues(values, bytes);
  Doubles again(values.size());
  CHECK(DecodeValues(bytes, again).ok());
  CHECK(HaveSameBits(again, values));
}

void RoundTripBuckets(const std::vector<Doubles>& columns) {
  std::string bytes;
  EncodeBuckets(std::vector<std::span<const double>>(columns.begin(), columns.end()), bytes);
  const size_t rows = columns[0].size();
  std::vector<Doubles> again;
  CHECK(DecodeBuckets(bytes, columns.size(), rows, again).ok());
  for (size_t i = 0; i < columns.size(); ++i) {
    CHECK(HaveSameBits(again[i], columns[i]));
    Doubles one(rows);
    CHECK(DecodeBucket(bytes, columns.size(), i, one).ok());
    CHECK(HaveSameBits(one, columns[i]));
  }
}

void DecodeForeignTimes(std::string_view bytes, size_t length) {
  if (const auto times = DecodeTimes(bytes, length * 16); times.ok() && !times->empty()) {
    std::string encoded;
    EncodeTimes(*times, encoded);
    CHECK(*DecodeTimes(encoded, times->size()) == *times);
  }
  if (const auto times = DecodeStartTimes(bytes, length); times.ok()) {
    std::string encoded;
    EncodeStartTimes(*times, encoded);
    CHECK(*DecodeStartTimes(encoded, length) == *times);
  }
}

void DecodeForeignHistograms(std::string_view bytes, size_t length) {
  const auto histograms = DecodeHistograms(bytes, length, kMaxBuckets);
  if (!histograms.ok()) return;
  std::string encoded;
  EncodeHistograms(*histograms, encoded);
  const auto again = DecodeHistograms(encoded, length, kMaxBuckets);
  CHECK(again.ok());
  ByteWriter before;
  ByteWriter after;
  for (const HistogramPointer& histogram : *histograms) PutHistogram(*histogram, before);
  for (const HistogramPointer& histogram : *again) PutHistogram(*histogram, after);
  CHECK(before.bytes() == after.bytes());
}

void RoundTripRows(const Doubles& row, size_t key_length) {
  const size_t half = row.size() / 2;
  const Doubles key(row.begin(), row.begin() + static_cast<ptrdiff_t>(std::min(key_length, half)));
  const Doubles next(row.begin() + static_cast<ptrdiff_t>(half), row.end());
  std::string bytes;
  EncodeRow(next, key, bytes);
  Doubles again(next.size());
  CHECK(DecodeRow(bytes, key, again).ok());
  CHECK(HaveSameBits(again, next));
}

void Run(uint8_t what, size_t length, std::string_view bytes) {
  switch (what % 6) {
    case 0: {
      Doubles out(length * 3);
      if (DecodeValues(bytes, out).ok()) RoundTripValues(out);
      break;
    }
    case 1: {
      std::vector<Doubles> out;
      const size_t columns = 1 + length % 16;
      if (DecodeBuckets(bytes, columns, length, out).ok()) RoundTripBuckets(out);
      Doubles one(length);
      (void)DecodeBucket(bytes, columns, columns / 2, one).ok();
      break;
    }
    case 2:
      DecodeForeignTimes(bytes, length);
      break;
    case 3:
      DecodeForeignHistograms(bytes, length);
      break;
    case 4: {
      const Doubles key(length / 2, 1.5);
      Doubles out(length);
      (void)DecodeRow(bytes, key, out).ok();
      break;
    }
    default: {
      const Doubles values = DoublesIn(bytes);
      RoundTripValues(values);
      RoundTripRows(values, length);
      std::vector<Doubles> columns;
      const size_t rows = values.size() / 4;
      for (size_t i = 0; i < 4; ++i) {
        const auto from = values.begin() + static_cast<ptrdiff_t>(i * rows);
        columns.emplace_back(from, from + static_cast<ptrdiff_t>(rows));
      }
      RoundTripBuckets(columns);
    }
  }
}

}  // namespace
}  // namespace glint::codec

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) return 0;
  glint::codec::Run(data[0], data[1], {reinterpret_cast<const char*>(data) + 2, size - 2});
  return 0;
}
