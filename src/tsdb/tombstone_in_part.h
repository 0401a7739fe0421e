// What tombstones delete from a part.
//
// Thread-safe: functions without state.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "base/status.h"
#include "tsdb/part.h"
#include "tsdb/tombstone.h"
#include "tsdb/tombstone_cut.h"

namespace glint::tsdb {

// The series of `part` of which something is deleted, ascending; never cut down to what the series
// has. Each set of matchers is looked up once. DATA_LOSS: the part's index.
StatusOr<std::vector<DeletedSeries>> DeletedFrom(const Part& part,
                                                 const std::map<uint64_t, Tombstone>& tombstones);

// Whether the tombstone may concern a part: it was there, and has data in the range.
bool Concerns(const Tombstone& tombstone, const PartInfo& part);

}  // namespace glint::tsdb
