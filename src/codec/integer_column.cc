#include "codec/integer_column.h"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>
#include <vector>

#include "codec/bit_packing.h"
#include "codec/byte_writer.h"
#include "codec/integer_groups.h"

namespace glint::codec {
namespace {

void PutVarint(uint64_t value, std::string& out) {
  for (; value >= 0x80; value >>= 7) out += static_cast<char>(value | 0x80);
  out += static_cast<char>(value);
}

void PutGroup(const IntegerGroup& group, Words words, bool is_last, std::string& out) {
  if (group.is_run) {
    out += static_cast<char>(kRun);
    PutVarint(is_last ? 0 : group.length, out);
    PutVarint(ZigZag(static_cast<int64_t>(group.base)), out);
    return;
  }
  std::array<uint64_t, kLastGroup> packed;
  std::string outliers;
  size_t count = 0;
  const uint64_t limit = group.width == 64 ? ~uint64_t{0} : (uint64_t{1} << group.width) - 1;
  for (size_t i = 0; i < words.size(); ++i) {
    packed[i] = words[i] - group.base;
    if (packed[i] <= limit) continue;
    outliers += static_cast<char>(i);
    PutVarint(ZigZag(static_cast<int64_t>(packed[i])), outliers);
    packed[i] = 0;
    ++count;
  }
  if (group.is_short) out += static_cast<char>(kShort);
  out += static_cast<char>(group.width | (count > 0 ? kPatched : 0));
  PutVarint(ZigZag(static_cast<int64_t>(group.base)), out);
  if (count > 0) {
    out += static_cast<char>(count);
    out += outliers;
  }
  PackBits({packed.data(), words.size()}, group.width, out);
}

// A group, a run at least as long as one, or the rest: as much as `out` was filled.
size_t GetGroup(ByteReader& in, std::span<uint64_t> out) {
  uint8_t head = in.U8();
  if (head == kRun) {
    const uint64_t length = in.Varint();
    const auto base = static_cast<uint64_t>(in.SignedVarint());
    if (!in.ok() || length > out.size()) return 0;
    const size_t count = length == 0 ? out.size() : static_cast<size_t>(length);
    std::fill_n(out.begin(), count, base);
    return count;
  }
  const bool is_short = head == kShort;
  if (is_short) head = in.U8();
  const int width = head & ~kPatched;
  if (width > 64) return 0;
  const size_t length = is_short ? std::min(kShortGroup, out.size()) : GroupLength(out.size());
  const std::span<uint64_t> group = out.first(length);
  const auto base = static_cast<uint64_t>(in.SignedVarint());
  std::array<uint8_t, kLastGroup> places;
  std::array<uint64_t, kLastGroup> outliers;
  const size_t count = (head & kPatched) != 0 ? in.U8() : 0;
  if (count > length) return 0;
  for (size_t i = 0; i < count; ++i) {
    places[i] = in.U8();
    outliers[i] = static_cast<uint64_t>(in.SignedVarint());
    if (places[i] >= length) return 0;
  }
  const std::string_view packed = in.Raw(PackedSize(length, width));
  if (!in.ok()) return 0;
  UnpackBits(packed, width, base, group);
  for (size_t i = 0; i < count; ++i) group[places[i]] = outliers[i] + base;
  return length;
}

// Whether each order is worth planning, by how wide its numbers range.
std::array<bool, kMaxOrder + 1> Candidates(std::span<const int64_t> values) {
  if (values.size() <= kMaxOrder) return {true, !values.empty(), false};
  Range order0;
  Range order1;
  Range order2;
  auto last = static_cast<uint64_t>(values[1]);
  uint64_t step = last - static_cast<uint64_t>(values[0]);
  order0.Add(static_cast<uint64_t>(values[0]));
  order0.Add(last);
  order1.Add(step);
  for (const int64_t value : values.subspan(2)) {
    const uint64_t next_step = static_cast<uint64_t>(value) - last;
    order0.Add(static_cast<uint64_t>(value));
    order1.Add(next_step);
    order2.Add(next_step - step);
    last = static_cast<uint64_t>(value);
    step = next_step;
  }
  const int least = std::min({order0.width(), order1.width(), order2.width()});
  // One outlier widens differences more than it widens values, and a patch takes care of it.
  return {order0.width() == least, order1.width() <= least + 2, order2.width() == least};
}

}  // namespace

int EncodeIntegers(std::span<const int64_t> values, std::string& out) {
  const std::array<bool, kMaxOrder + 1> is_candidate = Candidates(values);
  int last_candidate = kMaxOrder;
  while (!is_candidate[static_cast<size_t>(last_candidate)]) --last_candidate;
  std::vector<uint64_t> words(values.begin(), values.end());
  std::vector<uint64_t> best_words;
  std::vector<IntegerGroup> groups;
  std::vector<IntegerGroup> best_groups;
  size_t best_size = std::numeric_limits<size_t>::max();
  int best_order = 0;
  size_t firsts_size = 0;
  std::array<uint64_t, kMaxOrder> firsts{};
  for (int order = 0; order <= last_candidate; ++order) {
    if (order > 0) {
      const uint64_t first = words[0];
      firsts[static_cast<size_t>(order) - 1] = first;
      firsts_size += SignedSize(first);
      for (size_t i = 0; i + 1 < words.size(); ++i) words[i] = words[i + 1] - words[i];
      words.pop_back();
    }
    if (!is_candidate[static_cast<size_t>(order)]) continue;
    const size_t size = firsts_size + PlanGroups(words, groups);
    if (size >= best_size) continue;
    best_size = size;
    best_order = order;
    std::swap(best_groups, groups);
    if (order < last_candidate) {
      best_words = words;
    } else {
      best_words.swap(words);
    }
  }
  for (int i = 0; i < best_order; ++i) {
    PutVarint(ZigZag(static_cast<int64_t>(firsts[static_cast<size_t>(i)])), out);
  }
  Words left = best_words;
  for (const IntegerGroup& group : best_groups) {
    PutGroup(group, left.first(group.length), group.length == left.size(), out);
    left = left.subspan(group.length);
  }
  return best_order;
}

void DecodeIntegers(ByteReader& in, int order, std::span<int64_t> out) {
  std::array<uint64_t, kMaxOrder> firsts{};
  const size_t skipped = static_cast<size_t>(order);
  if (out.size() < skipped) return in.Fail();
  for (size_t i = 0; i < skipped; ++i) firsts[i] = static_cast<uint64_t>(in.SignedVarint());
  // Signed and unsigned integers of one size may alias.
  const std::span<uint64_t> all(reinterpret_cast<uint64_t*>(out.data()), out.size());
  for (std::span<uint64_t> left = all.subspan(skipped); !left.empty();) {
    const size_t count = GetGroup(in, left);
    if (count == 0) return in.Fail();
    left = left.subspan(count);
  }
  if (order == 1) {
    uint64_t value = firsts[0];
    all[0] = value;
    for (uint64_t& word : all.subspan(1)) word = value += word;
  }
  if (order == 2) {
    uint64_t value = firsts[0];
    uint64_t step = firsts[1];
    all[0] = value;
    all[1] = value += step;
    for (uint64_t& word : all.subspan(2)) word = value += step += word;
  }
}

}  // namespace glint::codec
