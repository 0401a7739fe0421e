// Which parts to unite and which to let go, from what their footers say.
//
// A partition is an aligned window of time: small for what is young, a day for what is old. Where
// two parts have a sample of one series at one time, the one with the lower id counts; what is
// united gets a higher id than all. So parts are united with all newer ones that overlap them in
// time, or the answer would change. docs/design/004-parts-and-partitions.md.
//
// Thread-safe: functions without state.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "model/time.h"
#include "tsdb/part.h"

namespace glint::tsdb {

inline constexpr int64_t kSmallPartitionMs = 2ll * 60 * 60 * 1000;
inline constexpr int64_t kLargePartitionMs = 24ll * 60 * 60 * 1000;
// So many parts of about one size in a small partition are united before it is over.
inline constexpr size_t kUnitedParts = 4;
// A part that is united with less than a fourth of itself is rewritten for little.
inline constexpr uint64_t kMinGain = 4;
// More than this deleted, or something deleted for longer, is worth rewriting a part.
inline constexpr double kMaxDeletedShare = 0.05;
inline constexpr int64_t kMaxDeletedMs = 60ll * 60 * 1000;

// The partition of that width in which `time` lies, both ends included.
model::TimeRange PartitionOf(model::TimeMs time, int64_t width_ms);

struct PartFacts {
  PartInfo info;
  double deleted_share = 0;  // Of its samples, estimated.
  // When what is deleted from it was, the first of it; none when nothing is.
  model::TimeMs deleted_since = model::kMaxTimeMs;
};

struct PartsToUnite {
  std::vector<uint64_t> ids;  // Ascending. None: nothing is worth doing.
  std::string reason;         // For the log: "4 parts of 2 h", "tombstones".
};

// What is most worth doing now. A partition is over when nothing for it can arrive any more, which
// is `late_ms` after its end; a day a small partition later, when its last one was united.
PartsToUnite ChoosePartsToUnite(std::span<const PartFacts> parts, model::TimeMs now,
                                int64_t late_ms);

// The first of those from which something is deleted.
PartsToUnite ChoosePartsToClean(std::span<const PartFacts> parts);

// Which to let go, ascending: all of it lies before `floor`; and of the others the oldest, until
// the rest takes at most `max_bytes` (0: any).
std::vector<uint64_t> PartsToDrop(std::span<const PartInfo> parts, model::TimeMs floor,
                                  uint64_t max_bytes);

}  // namespace glint::tsdb
