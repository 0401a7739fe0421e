// Ranges of time that are deleted from a series, and cutting them from its columns.
//
// Thread-safe: functions without state.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "model/exemplar.h"
#include "model/time.h"
#include "storage/metric_reader.h"

namespace glint::tsdb {

// Sorts; those that overlap or touch become one; empty ones go.
void UniteRanges(std::vector<model::TimeRange>& ranges);

// Cuts what lies in the ranges, which ascend and do not overlap; how much it was.
uint64_t CutDeleted(std::span<const model::TimeRange> deleted, storage::SeriesData& data);
uint64_t CutDeleted(std::span<const model::TimeRange> deleted,
                    std::vector<model::Exemplar>& exemplars);

// Which ranges of a series are deleted, as UniteRanges() leaves them.
struct DeletedSeries {
  uint32_t series = 0;  // Its place in the order of labels of its part.
  std::vector<model::TimeRange> ranges;
};

}  // namespace glint::tsdb
