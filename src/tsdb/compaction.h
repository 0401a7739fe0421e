// Several parts as one: merged by series, each time once, the older part's sample first; deleted
// samples left out; exemplars thinned by age.
//
// Which parts go together is decided by partition: a partition is an aligned window of time, small
// for what is young, a day for what is old. Parts never span two partitions.
//
// Thread-safe: functions without state.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <stop_token>
#include <vector>

#include "base/status.h"
#include "model/time.h"
#include "tsdb/manifest.h"
#include "tsdb/part.h"

namespace glint::tsdb {

inline constexpr int64_t kSmallPartitionMs = 2ll * 60 * 60 * 1000;
inline constexpr int64_t kLargePartitionMs = 24ll * 60 * 60 * 1000;

// The partition of that width in which `time` lies, both ends included.
model::TimeRange PartitionOf(model::TimeMs time, int64_t width_ms);

struct CompactionPlan {
  std::vector<std::shared_ptr<const Part>> parts;  // Ascending in id; at least one.
  std::string reason;                              // For the log: "4 parts of 2 h", "tombstones".
};

// What is most worth doing now; no parts: nothing. Small partitions are united when several parts
// lie in one, and at last when it is over by `late_ms`; large ones take in the small ones that are
// over. Parts with more than a little deleted are rewritten.
CompactionPlan PlanCompaction(std::span<const std::shared_ptr<const Part>> parts,
                              const std::map<uint64_t, Tombstone>& tombstones, model::TimeMs now,
                              int64_t late_ms);

struct CompactionLimits {
  model::TimeMs now = 0;
  // Samples and exemplars before this are left out.
  model::TimeMs floor = model::kMinTimeMs;
};

struct CompactionResult {
  PartInfo part;  // Of the new file; without series when nothing was left, and then no file.
  uint64_t deleted_samples = 0;
  uint64_t deleted_exemplars = 0;
  uint64_t thinned_exemplars = 0;
};

// Writes the new part into `folder`. The old ones are as they were: the caller records the change.
// CANCELLED: `stop` was requested. Others: as WritePart().
StatusOr<CompactionResult> Compact(std::span<const std::shared_ptr<const Part>> parts,
                                   const std::map<uint64_t, Tombstone>& tombstones,
                                   const CompactionLimits& limits, const std::string& folder,
                                   const PartWriteOptions& options, std::stop_token stop);

// Cuts what a tombstone deletes from the columns of one series of part `part_id`; what was cut.
uint64_t CutDeleted(std::span<const model::TimeRange> deleted, storage::SeriesData& data);

// Which ranges of which series of `part` are deleted. Ascending in series; thread-safe to read.
struct DeletedSeries {
  PartSeries series;
  std::vector<model::TimeRange> ranges;
};
StatusOr<std::vector<DeletedSeries>> DeletedFrom(const Part& part,
                                                 const std::map<uint64_t, Tombstone>& tombstones);

}  // namespace glint::tsdb
