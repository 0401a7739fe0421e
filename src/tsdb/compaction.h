// Several parts as one: merged by series, each time once, the older part's sample first; deleted
// samples left out; exemplars thinned by age.
//
// Which parts go together is decided by partition, compaction_plan.h. Parts never span two of them.
//
// The answer to a query is the same before and after as long as ids tell the order of data: the id
// of a compaction is taken when no flush is under way. A flush may begin while it runs.
//
// Thread-safe: functions without state.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "base/status.h"
#include "model/time.h"
#include "tsdb/compaction_plan.h"
#include "tsdb/merge_source.h"
#include "tsdb/part.h"
#include "tsdb/tombstone.h"
#include "tsdb/tombstone_in_part.h"

namespace glint::tsdb {

struct CompactionPlan {
  std::vector<std::shared_ptr<const Part>> parts;  // Ascending in id.
  std::string reason;                              // For the log: "4 parts of 2 h", "tombstones".
};

// What is most worth doing now; no parts: nothing. Parts whose index is unreadable are planned as
// if nothing was deleted from them.
CompactionPlan PlanCompaction(std::span<const std::shared_ptr<const Part>> parts,
                              const std::map<uint64_t, Tombstone>& tombstones, model::TimeMs now,
                              int64_t late_ms);

// What is to be rewritten so that nothing deleted takes room; asked again until there are no parts.
CompactionPlan PlanClean(std::span<const std::shared_ptr<const Part>> parts,
                         const std::map<uint64_t, Tombstone>& tombstones);

// Tombstones that delete nothing from any of the parts. They may be removed once no part with an
// id up to their last_part is still being written.
std::vector<uint64_t> SpentTombstones(std::span<const std::shared_ptr<const Part>> parts,
                                      const std::map<uint64_t, Tombstone>& tombstones);

using CompactionLimits = MergeLimits;

struct CompactionResult {
  PartInfo part;  // Of the new file; without series when nothing was left, and then no file.
  uint64_t deleted_samples = 0;
  uint64_t deleted_exemplars = 0;
  uint64_t thinned_exemplars = 0;
};

// Writes the new part into `folder`. The old ones are as they were: the caller records the change.
// The level follows from theirs, whatever `options` say. Room: as the old ones, before they go.
// REQUIRES: `parts` ascend in id; options.id is higher.
// CANCELLED: `stop` was requested. DATA_LOSS: one of the parts; the text names it. Others: as
// WritePart(). On any error there is no new file.
StatusOr<CompactionResult> Compact(std::span<const std::shared_ptr<const Part>> parts,
                                   const std::map<uint64_t, Tombstone>& tombstones,
                                   const CompactionLimits& limits, const std::string& folder,
                                   const PartWriteOptions& options, std::stop_token stop);

}  // namespace glint::tsdb
