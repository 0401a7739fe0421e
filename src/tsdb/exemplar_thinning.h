// Which exemplars stay as they age. The rule, in one place: at the door (the head), when the head
// is written out and at each compaction the same function runs.
//
// 1. Time is cut into cells: of two minutes for the first six hours, of ten minutes up to a day, of
//    an hour from then on.
// 2. Of each series a cell keeps the largest value, and one of each of the equal slots that it is
//    cut into, where a rare magnitude has the chance of a frequent one; 100,000 an hour, shared by
//    the series that have exemplars, say how many slots: none to 64.
// 3. An hour in which the whole store got no more than those 100,000 keeps all of them for a day.
//
// What stays of a cell does not depend on the order of arrival: a winner among some is picked by
// what it is, and the winner among the winners is the winner among all. So thinning early, late or
// twice ends the same, also with half the slots (slots are a power of two, so they nest).
//
// Thread-safe: functions without state.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "model/exemplar.h"
#include "model/time.h"

namespace glint::tsdb {

inline constexpr uint64_t kFewExemplarsAnHour = 100'000;
inline constexpr uint32_t kMaxSlots = 64;

// How full of exemplars a store is.
struct ExemplarDensity {
  uint64_t per_hour = 0;  // Over all series.
  uint64_t series = 0;    // That have some.
};
// Of so many spread over `time`; what is shorter than an hour counts as one.
ExemplarDensity DensityOf(uint64_t exemplars, uint64_t series, model::TimeRange time);

// The number of the hour, as of other cells: times are aligned to the epoch, rounded down.
int64_t CellOf(model::TimeMs time, int64_t cell_ms);
inline constexpr int64_t kHourMs = 60 * 60 * 1000;

// What holds for all exemplars of one hour.
struct ThinningStage {
  int64_t cell_ms = 0;     // Divides an hour.
  bool keeps_all = false;  // Else a cell keeps the largest and one a slot: slots + 1 at most.
  uint32_t slots = 0;      // 0 or a power of two, at most kMaxSlots.
};
ThinningStage StageAt(model::TimeMs time, model::TimeMs now, const ExemplarDensity& density);

// An exemplar as the rule sees it.
struct ThinningPoint {
  model::TimeMs time = 0;
  double value = 0;
  uint64_t ids = 0;  // IdsHash(): tells apart those with the same time and value.
};
uint64_t IdsHash(const model::TraceId& trace, const model::SpanId& span);
// Whether `a` counts as larger: by value (a NaN is below all), then the earlier one.
bool IsLarger(const ThinningPoint& a, const ThinningPoint& b);

// The points of one cell that stay, as ascending indexes; `points` ascends in time.
// REQUIRES: !stage.keeps_all.
void PickOfCell(std::span<const ThinningPoint> points, const ThinningStage& stage,
                std::vector<uint32_t>& kept);

// Takes away what the rule does not keep of one series; how many. Input and output ascend in time.
size_t ThinExemplars(model::TimeMs now, const ExemplarDensity& density,
                     std::vector<model::Exemplar>& exemplars);

}  // namespace glint::tsdb
