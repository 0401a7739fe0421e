// Which exemplars stay as they age. The rule, in one place: at the door (the head), when the head
// is written out and at each compaction the same function runs with the age's numbers.
//
// Time is cut into cells whose width grows with age; each series keeps in each cell its largest
// value and, spread evenly over what there is in the cell, so many others. A bucket series is a
// cell of log(value) by itself; others are cut into cells of log(value) too. Few exemplars are
// never thinned: the number a cell keeps follows from how many there are in all.
//
// Thread-safe: functions without state.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "model/exemplar.h"
#include "model/time.h"

namespace glint::tsdb {

struct ThinningStage {
  int64_t older_than_ms = 0;  // Applies to exemplars of at least this age.
  int64_t cell_ms = 0;        // Width of a cell, aligned to the epoch.
  uint32_t a_cell_keeps = 0;  // Of one series, its largest among them.
};

// The stage for exemplars of that age, when `series` series have some (density): what is kept in a
// cell shrinks as series grow, never below one (the largest), and never above kMaxACellKeeps.
inline constexpr uint32_t kMaxACellKeeps = 64;
ThinningStage StageFor(int64_t age_ms, uint64_t series);

// Takes away what the rule does not keep; how many. Thinning twice is thinning once. Input and
// output ascend in time.
size_t ThinExemplars(model::TimeMs now, uint64_t series, std::vector<model::Exemplar>& exemplars);

}  // namespace glint::tsdb
