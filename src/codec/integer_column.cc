#include "codec/integer_column.h"

#include <algorithm>
#include <array>
#include <bit>
#include <vector>

#include "codec/bit_packing.h"
#include "codec/byte_writer.h"

namespace glint::codec {
namespace {

// Groups have kGroup values, and the last one up to kLastGroup, as a short one costs a head too.
constexpr size_t kGroup = 128;
constexpr size_t kLastGroup = 192;
static_assert(kLastGroup <= 256, "an outlier's place is one byte");

// Heads of a group: a width of 0 to 64 bits, kPatched if outliers follow; or kRun.
constexpr uint8_t kPatched = 0x80;
constexpr uint8_t kRun = 0x7f;
constexpr size_t kShortestRun = 32;

struct Group {
  size_t length = 0;
  bool is_run = false;
  int width = 0;
  uint64_t base = 0;
  size_t size = 0;  // Bytes without head and base: what makes groups differ.
};

using Words = std::span<const uint64_t>;

size_t GroupLength(size_t left) { return left <= kLastGroup ? left : kGroup; }

size_t EqualAtFront(Words words) {
  size_t count = 1;
  while (count < words.size() && words[count] == words[0]) ++count;
  return count;
}

int BitWidth(uint64_t word) { return static_cast<int>(std::bit_width(word)); }

size_t VarintSize(int bits) { return static_cast<size_t>(bits + 6) / 7; }

// How many of a group's distances to a base have so many bits.
using Widths = std::array<uint16_t, 65>;

struct Width {
  int width = 0;
  size_t size = 0;
};

// The width at which packed bits and outliers together take least.
Width CheapestWidth(const Widths& counts, size_t length, int widest) {
  Width best{widest, PackedSize(length, widest)};
  size_t outliers = 1;  // Their number takes a byte.
  for (int width = widest - 1; width >= 0; --width) {
    const size_t each = 1 + VarintSize(width + 2);  // Its place; width + 1 bits and a sign.
    outliers += counts[static_cast<size_t>(width) + 1] * each;
    if (outliers >= best.size) break;
    const size_t size = PackedSize(length, width) + outliers;
    if (size < best.size) best = {width, size};
  }
  return best;
}

// Values from the least up, or, as outliers may be the low ones, from the greatest down.
Group Plan(Words words) {
  Group group;
  group.length = words.size();
  auto least = static_cast<int64_t>(words[0]);
  auto greatest = least;
  for (const uint64_t word : words) {
    least = std::min(least, static_cast<int64_t>(word));
    greatest = std::max(greatest, static_cast<int64_t>(word));
  }
  const auto low = static_cast<uint64_t>(least);
  const auto high = static_cast<uint64_t>(greatest);
  const int widest = BitWidth(high - low);
  Widths from_low{};
  Widths from_high{};
  for (const uint64_t word : words) {
    ++from_low[static_cast<size_t>(BitWidth(word - low))];
    ++from_high[static_cast<size_t>(BitWidth(high - word))];
  }
  const Width up = CheapestWidth(from_low, words.size(), widest);
  const Width down = CheapestWidth(from_high, words.size(), widest);
  if (down.size < up.size) {
    group.width = down.width;
    group.size = down.size;
    group.base = high - ((uint64_t{1} << down.width) - 1);  // Fewer than `widest`, so below 64.
  } else {
    group.width = up.width;
    group.size = up.size;
    group.base = low;
  }
  return group;
}

size_t Plan(Words words, std::vector<Group>& groups) {
  groups.clear();
  size_t size = 0;
  while (!words.empty()) {
    const size_t equal = EqualAtFront(words);
    if (equal == words.size() || equal >= kShortestRun) {
      groups.push_back({.length = equal, .is_run = true, .base = words[0], .size = 1});
    } else {
      groups.push_back(Plan(words.first(GroupLength(words.size()))));
    }
    const Group& group = groups.back();
    const auto base = static_cast<int64_t>(group.base);
    size += 1 + VarintSize(std::max(BitWidth(ZigZag(base)), 1)) + group.size;
    words = words.subspan(group.length);
  }
  return size;
}

void PutVarint(uint64_t value, std::string& out) {
  for (; value >= 0x80; value >>= 7) out += static_cast<char>(value | 0x80);
  out += static_cast<char>(value);
}

void PutGroup(const Group& group, Words words, bool is_last, std::string& out) {
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
  const uint8_t head = in.U8();
  if (head == kRun) {
    const uint64_t length = in.Varint();
    const auto base = static_cast<uint64_t>(in.SignedVarint());
    if (!in.ok() || length > out.size()) return 0;
    const size_t count = length == 0 ? out.size() : static_cast<size_t>(length);
    std::fill_n(out.begin(), count, base);
    return count;
  }
  const int width = head & ~kPatched;
  if (width > 64) return 0;
  const size_t length = GroupLength(out.size());
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
  UnpackBits(packed, width, group);
  for (size_t i = 0; i < count; ++i) group[places[i]] = outliers[i];
  for (uint64_t& word : group) word += base;
  return length;
}

}  // namespace

int EncodeIntegers(std::span<const int64_t> values, std::string& out) {
  std::vector<uint64_t> words(values.begin(), values.end());
  std::vector<uint64_t> best_words;
  std::vector<Group> groups;
  std::vector<Group> best_groups;
  size_t best_size = 0;
  int best_order = 0;
  std::string head;
  std::string best_head;
  for (int order = 0; order <= kMaxOrder; ++order) {
    if (order > 0) {
      if (words.empty()) break;
      PutVarint(ZigZag(static_cast<int64_t>(words[0])), head);
      for (size_t i = 0; i + 1 < words.size(); ++i) words[i] = words[i + 1] - words[i];
      words.pop_back();
    }
    const size_t size = head.size() + Plan(words, groups);
    if (order > 0 && size >= best_size) continue;
    best_size = size;
    best_order = order;
    best_words = words;
    best_groups = groups;
    best_head = head;
  }
  out += best_head;
  Words left = best_words;
  for (const Group& group : best_groups) {
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
