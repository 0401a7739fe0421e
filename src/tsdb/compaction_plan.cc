#include "tsdb/compaction_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

namespace glint::tsdb {
namespace {

using model::TimeRange;

// Ascending in id.
using Group = std::vector<const PartFacts*>;

uint64_t IdOf(const PartFacts* part) { return part->info.id; }
uint64_t BytesOf(const PartFacts* part) { return std::max<uint64_t>(1, part->info.bytes); }

uint64_t BytesOf(std::span<const PartFacts* const> parts) {
  uint64_t bytes = 0;
  for (const PartFacts* part : parts) bytes += BytesOf(part);
  return bytes;
}

bool LiesIn(const PartFacts& part, const TimeRange& partition) {
  return part.info.time.end <= partition.end;  // Of its start.
}

// Times may be anything that was ever stored.
bool IsOver(const TimeRange& partition, model::TimeMs now, int64_t late_ms) {
  const auto over = static_cast<__int128>(partition.end) + late_ms;
  return over < now;
}

// The largest is worth rewriting for the others.
bool IsWorthUniting(const Group& group) {
  if (group.size() < 2) return false;
  uint64_t largest = 0;
  for (const PartFacts* part : group) largest = std::max(largest, BytesOf(part));
  return (BytesOf(group) - largest) >= largest / kMinGain;
}

// The newest that are of about one size: each at most twice the mean of those after it.
Group NewestOfOneSize(const Group& group) {
  size_t count = 0;
  uint64_t bytes = 0;
  for (; count < group.size(); ++count) {
    const uint64_t next = BytesOf(group[group.size() - 1 - count]);
    if (count > 0 && next > 2 * bytes / count) break;
    bytes += next;
  }
  return Group(group.end() - static_cast<ptrdiff_t>(count), group.end());
}

class Choice {
 public:
  explicit Choice(std::span<const PartFacts> parts) {
    for (const PartFacts& part : parts) {
      if (part.info.time.start <= part.info.time.end) parts_.push_back(&part);
    }
    std::ranges::sort(parts_, {}, IdOf);
  }

  PartsToUnite OfDays(model::TimeMs now, int64_t late_ms) const;
  PartsToUnite OfSmallPartitions(model::TimeMs now, int64_t late_ms) const;
  PartsToUnite OfDeleted(bool is_due(const PartFacts&, model::TimeMs now), model::TimeMs now) const;

 private:
  std::map<model::TimeMs, Group> ByPartition(int64_t width_ms) const;
  PartsToUnite Unite(const Group& group, std::string reason) const;

  Group parts_;
};

// What spans two partitions is in none.
std::map<model::TimeMs, Group> Choice::ByPartition(int64_t width_ms) const {
  std::map<model::TimeMs, Group> out;
  for (const PartFacts* part : parts_) {
    const TimeRange partition = PartitionOf(part->info.time.start, width_ms);
    if (LiesIn(*part, partition)) out[partition.start].push_back(part);
  }
  return out;
}

// With all newer ones that overlap one of them: those would win against it from then on.
PartsToUnite Choice::Unite(const Group& group, std::string reason) const {
  std::set<uint64_t> ids;
  Group todo = group;
  for (const PartFacts* part : group) ids.insert(IdOf(part));
  while (!todo.empty()) {
    const PartFacts* part = todo.back();
    todo.pop_back();
    for (const PartFacts* other : parts_) {
      const TimeRange& time = other->info.time;
      if (IdOf(other) < IdOf(part) || !part->info.time.Overlaps(time.start, time.end)) continue;
      if (ids.insert(IdOf(other)).second) todo.push_back(other);
    }
  }
  return {{ids.begin(), ids.end()}, std::move(reason)};
}

PartsToUnite Choice::OfDays(model::TimeMs now, int64_t late_ms) const {
  for (const auto& [start, group] : ByPartition(kLargePartitionMs)) {
    const TimeRange day = PartitionOf(start, kLargePartitionMs);
    if (group.size() < 2 || !IsOver(day, now, late_ms + kSmallPartitionMs)) continue;
    const bool was_united = std::ranges::any_of(group, [](const PartFacts* part) {
      return !LiesIn(*part, PartitionOf(part->info.time.start, kSmallPartitionMs));
    });
    if (!was_united || IsWorthUniting(group)) {
      return Unite(group, fmt::format("{} parts of a day", group.size()));
    }
    // Stragglers wait until they are worth it, but not each by itself.
    const Group stragglers = NewestOfOneSize(group);
    if (stragglers.size() >= kUnitedParts) {
      return Unite(stragglers, fmt::format("{} late parts of a day", stragglers.size()));
    }
  }
  return {};
}

PartsToUnite Choice::OfSmallPartitions(model::TimeMs now, int64_t late_ms) const {
  for (const auto& [start, group] : ByPartition(kSmallPartitionMs)) {
    if (group.size() < 2) continue;
    const TimeRange partition = PartitionOf(start, kSmallPartitionMs);
    if (IsOver(PartitionOf(start, kLargePartitionMs), now, late_ms + kSmallPartitionMs)) continue;
    if (IsOver(partition, now, late_ms) && IsWorthUniting(group)) {
      return Unite(group, fmt::format("{} parts of 2 h that are over", group.size()));
    }
    const Group newest = NewestOfOneSize(group);
    if (newest.size() >= kUnitedParts) {
      return Unite(newest, fmt::format("{} parts of 2 h", newest.size()));
    }
  }
  return {};
}

PartsToUnite Choice::OfDeleted(bool is_due(const PartFacts&, model::TimeMs now),
                               model::TimeMs now) const {
  for (const PartFacts* part : parts_) {
    if (part->deleted_since == model::kMaxTimeMs || !is_due(*part, now)) continue;
    PartsToUnite out = Unite({part}, "tombstones");
    if (out.ids.size() > 1) out.reason = fmt::format("tombstones, {} parts", out.ids.size());
    return out;
  }
  return {};
}

}  // namespace

TimeRange PartitionOf(model::TimeMs time, int64_t width_ms) {
  int64_t within = time % width_ms;
  if (within < 0) within += width_ms;
  const __int128 start = static_cast<__int128>(time) - within;
  const __int128 end = start + width_ms - 1;
  return {static_cast<model::TimeMs>(std::max<__int128>(start, model::kMinTimeMs)),
          static_cast<model::TimeMs>(std::min<__int128>(end, model::kMaxTimeMs))};
}

PartsToUnite ChoosePartsToUnite(std::span<const PartFacts> parts, model::TimeMs now,
                                int64_t late_ms) {
  const Choice choice(parts);
  PartsToUnite out = choice.OfSmallPartitions(now, late_ms);
  if (out.ids.empty()) out = choice.OfDays(now, late_ms);
  if (!out.ids.empty()) return out;
  const auto is_due = [](const PartFacts& part, model::TimeMs at) {
    return part.deleted_share > kMaxDeletedShare || part.deleted_since < at - kMaxDeletedMs;
  };
  return choice.OfDeleted(is_due, now);
}

PartsToUnite ChoosePartsToClean(std::span<const PartFacts> parts) {
  return Choice(parts).OfDeleted([](const PartFacts&, model::TimeMs) { return true; }, 0);
}

std::vector<uint64_t> PartsToDrop(std::span<const PartInfo> parts, model::TimeMs floor,
                                  uint64_t max_bytes) {
  std::vector<const PartInfo*> oldest_first;
  uint64_t bytes = 0;
  for (const PartInfo& part : parts) {
    oldest_first.push_back(&part);
    bytes += part.bytes;
  }
  std::ranges::sort(oldest_first, [](const PartInfo* a, const PartInfo* b) {
    return std::pair(a->time.end, a->id) < std::pair(b->time.end, b->id);
  });
  std::vector<uint64_t> out;
  for (const PartInfo* part : oldest_first) {
    const bool is_over = part->time.start > part->time.end || part->time.end < floor;
    if (!is_over && (max_bytes == 0 || bytes <= max_bytes)) continue;
    out.push_back(part->id);
    bytes -= part->bytes;
  }
  std::ranges::sort(out);
  return out;
}

}  // namespace glint::tsdb
