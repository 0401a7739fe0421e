#include "codec/time_column.h"

#include <algorithm>
#include <functional>

#include "codec/byte_writer.h"
#include "codec/integer_column.h"

namespace glint::codec {

void EncodeTimes(std::span<const model::TimeMs> times, std::string& out) {
  std::string integers;
  const int order = EncodeIntegers(times, integers);
  ByteWriter head;
  head.Varint(times.size() << 2 | static_cast<uint64_t>(order));
  out += head.bytes();
  out += integers;
}

StatusOr<std::vector<model::TimeMs>> DecodeTimes(std::string_view bytes, size_t max_count) {
  ByteReader in(bytes);
  const uint64_t head = in.Varint();
  const uint64_t count = head >> 2;
  const int order = static_cast<int>(head & 3);
  if (count > max_count) {
    return InvalidArgument("time column: {} times, at most {} are", count, max_count);
  }
  if (!in.ok() || order > kMaxOrder) {
    return InvalidArgument("time column of {} bytes: its head is damaged", bytes.size());
  }
  std::vector<model::TimeMs> times(static_cast<size_t>(count));
  DecodeIntegers(in, order, times);
  if (!in.ok() || in.left() > 0) {
    return InvalidArgument("time column of {} bytes for {} times: cut off or damaged", bytes.size(),
                           count);
  }
  const auto fall = std::adjacent_find(times.begin(), times.end(), std::greater_equal<>());
  if (fall != times.end()) {
    return InvalidArgument("time column: time {} is {}, after {}", fall - times.begin() + 1,
                           fall[1], fall[0]);
  }
  return times;
}

void EncodeStartTimes(std::span<const model::TimeMs> times, std::string& out) {
  if (std::all_of(times.begin(), times.end(), [](model::TimeMs time) { return time == 0; })) return;
  const size_t head = out.size();
  out += '\0';
  out[head] = static_cast<char>(EncodeIntegers(times, out));
}

StatusOr<std::vector<model::TimeMs>> DecodeStartTimes(std::string_view bytes, size_t count) {
  std::vector<model::TimeMs> times(count);
  if (bytes.empty()) return times;
  ByteReader in(bytes);
  const uint8_t order = in.U8();
  if (order > kMaxOrder) {
    return InvalidArgument("start time column: order {} of differences, at most {} is", order,
                           kMaxOrder);
  }
  DecodeIntegers(in, order, times);
  if (!in.ok() || in.left() > 0) {
    return InvalidArgument("start time column of {} bytes for {} times: cut off or damaged",
                           bytes.size(), count);
  }
  return times;
}

}  // namespace glint::codec
