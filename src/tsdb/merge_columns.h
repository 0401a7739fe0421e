// Samples and exemplars of one series from two places as one: by time, each time once.
//
// Thread-safe: functions without state.
#pragma once

#include <vector>

#include "model/exemplar.h"
#include "model/time.h"
#include "storage/metric_reader.h"

namespace glint::tsdb {

// Empties the columns, keeps their room; labels stay.
void ClearColumns(storage::SeriesData& data);

// Leaves only what lies in the range.
void CutToRange(model::TimeRange range, storage::SeriesData& data);
void CutToRange(model::TimeRange range, std::vector<model::Exemplar>& exemplars);

// Takes `newer` into `older`, whose sample stays where times are equal, a float against a histogram
// too. In both times ascend and each is there once. `newer` is left with anything.
void MergeColumns(storage::SeriesData& newer, storage::SeriesData& older);

// The same for exemplars, ascending in time, of which equal ones become one; equal times in the
// order older, newer.
void MergeExemplars(std::vector<model::Exemplar>& newer, std::vector<model::Exemplar>& older);

}  // namespace glint::tsdb
