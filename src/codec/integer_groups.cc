#include "codec/integer_groups.h"

#include <array>

#include "codec/bit_packing.h"

namespace glint::codec {
namespace {

// Shorter runs are left to groups.
constexpr size_t kShortestRun = 32;
// Numbers of fewer bits are not worth the heads of short groups.
constexpr int kLeastShortWidth = 8;

size_t EqualAtFront(Words words) {
  size_t count = 1;
  while (count < words.size() && words[count] == words[0]) ++count;
  return count;
}

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
IntegerGroup PlanGroup(Words words) {
  IntegerGroup group;
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
size_t PlanShort(Words words, const IntegerGroup& whole, std::vector<IntegerGroup>& groups) {
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

}  // namespace

size_t PlanGroups(Words words, std::vector<IntegerGroup>& groups) {
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
    const IntegerGroup whole = PlanGroup(words.first(GroupLength(words.size())));
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

}  // namespace glint::codec
