#include "codec/integer_column.h"

#include <algorithm>
#include <array>
#include <bit>
#include <limits>
#include <utility>
#include <vector>

#include "codec/bit_packing.h"
#include "codec/byte_writer.h"

namespace glint::codec {
namespace {

// Groups have kGroup values, and the last one up to kLastGroup, as a short one costs a head too.
constexpr size_t kGroup = 128;
constexpr size_t kLastGroup = 192;
static_assert(kLastGroup <= 256, "an outlier's place is one byte");

// Where widths differ much within a group, shorter ones pay: never for less than so many bits.
constexpr size_t kShortGroup = 32;
constexpr int kLeastShortWidth = 8;

// Heads of a group: a width of 0 to 64 bits, kPatched if outliers follow; kRun; or kShort, which
// the head of a short group follows.
constexpr uint8_t kPatched = 0x80;
constexpr uint8_t kShort = 0x7e;
constexpr uint8_t kRun = 0x7f;
constexpr size_t kShortestRun = 32;

struct Group {
  size_t length = 0;
  bool is_run = false;
  bool is_short = false;
  int width = 0;
  uint64_t base = 0;
  size_t size = 0;
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

size_t SignedSize(uint64_t word) {
  return VarintSize(std::max(BitWidth(ZigZag(static_cast<int64_t>(word))), 1));
}

struct Range {
  int64_t least = std::numeric_limits<int64_t>::max();
  int64_t greatest = std::numeric_limits<int64_t>::min();

  void Add(uint64_t word) {
    least = std::min(least, static_cast<int64_t>(word));
    greatest = std::max(greatest, static_cast<int64_t>(word));
  }
  int width() const {
    return BitWidth(static_cast<uint64_t>(greatest) - static_cast<uint64_t>(least));
  }
};

// How many of a group's distances to a base have so many bits. Two of each, as a count that is
// raised twice in a row waits for itself.
class Widths {
 public:
  template <typename Distance>
  Widths(Words words, const Distance& distance) {
    size_t i = 0;
    for (; i + 1 < words.size(); i += 2) {
      ++even_[static_cast<size_t>(BitWidth(distance(words[i])))];
      ++odd_[static_cast<size_t>(BitWidth(distance(words[i + 1])))];
    }
    if (i < words.size()) ++even_[static_cast<size_t>(BitWidth(distance(words[i])))];
  }
  size_t At(int width) const {
    const auto i = static_cast<size_t>(width);
    return size_t{even_[i]} + odd_[i];
  }

 private:
  std::array<uint8_t, 65> even_{};
  std::array<uint8_t, 65> odd_{};
};

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
    outliers += counts.At(width + 1) * each;
    if (outliers >= best.size) break;
    const size_t size = PackedSize(length, width) + outliers;
    if (size < best.size) best = {width, size};
  }
  return best;
}

// Values from the least up, or, as outliers may be the low ones, from the greatest down.
Group PlanGroup(Words words) {
  Group group;
  group.length = words.size();
  Range range;
  for (const uint64_t word : words) range.Add(word);
  const auto low = static_cast<uint64_t>(range.least);
  const auto high = static_cast<uint64_t>(range.greatest);
  const int widest = range.width();
  const Widths from_low(words, [low](uint64_t word) { return word - low; });
  const Width up = CheapestWidth(from_low, words.size(), widest);
  group.width = up.width;
  group.size = up.size;
  // All from 0 where that takes no more: a wide base is a long one.
  const bool is_from_0 = range.least >= 0 && BitWidth(high) == up.width;
  group.base = is_from_0 ? 0 : low;
  // Few in the lower half.
  if (from_low.At(widest) >= words.size() - words.size() / 4) {
    const Widths from_high(words, [high](uint64_t word) { return high - word; });
    const Width down = CheapestWidth(from_high, words.size(), widest);
    if (down.size < up.size) {
      group.width = down.width;
      group.size = down.size;
      group.base = high - ((uint64_t{1} << down.width) - 1);  // Less than `widest`, so below 64.
    }
  }
  group.size += 1 + SignedSize(group.base);
  return group;
}

// The same words in short groups, if they are smaller than `whole`; else that.
size_t PlanShort(Words words, const Group& whole, std::vector<Group>& groups) {
  const size_t before = groups.size();
  size_t size = 0;
  while (!words.empty() && size < whole.size) {
    groups.push_back(PlanGroup(words.first(std::min(kShortGroup, words.size()))));
    groups.back().is_short = true;
    ++groups.back().size;
    size += groups.back().size;
    words = words.subspan(groups.back().length);
  }
  if (size < whole.size) return size;
  groups.resize(before);
  groups.push_back(whole);
  return whole.size;
}

size_t Plan(Words words, std::vector<Group>& groups) {
  groups.clear();
  size_t size = 0;
  while (!words.empty()) {
    const size_t equal = EqualAtFront(words);
    if (equal == words.size() || equal >= kShortestRun) {
      groups.push_back({.length = equal, .is_run = true, .base = words[0]});
      size += 2 + SignedSize(words[0]);
      words = words.subspan(equal);
      continue;
    }
    const Group whole = PlanGroup(words.first(GroupLength(words.size())));
    if (whole.width >= kLeastShortWidth && whole.length > kShortGroup) {
      size += PlanShort(words.first(whole.length), whole, groups);
    } else {
      groups.push_back(whole);
      size += whole.size;
    }
    words = words.subspan(whole.length);
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
  std::vector<Group> groups;
  std::vector<Group> best_groups;
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
    const size_t size = firsts_size + Plan(words, groups);
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
