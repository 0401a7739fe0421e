// A plan fragment that a store may compute itself: one function over a sliding window of each
// selected series, on a grid of steps, then perhaps one aggregation. A store that keeps its data
// elsewhere would otherwise have to send all of it.
//
// Thread-compatible.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/labels.h"
#include "model/matcher.h"
#include "model/time.h"

namespace glint::storage {

// PromQL's functions of the same name; kLast is an instant selector with its lookback.
enum class GridFunction : uint8_t {
  kLast,
  kRate,
  kIncrease,
  kSumOverTime,
  kAvgOverTime,
  kMinOverTime,
  kMaxOverTime,
  kCountOverTime,
};
enum class GridAggregation : uint8_t { kSum, kAvg, kMin, kMax, kCount };

struct GridQuery {
  std::vector<model::Matcher> series;
  // Steps at start, start + step, ... while <= end; step > 0.
  model::TimeMs start = 0;
  model::TimeMs end = 0;
  int64_t step_ms = 1;
  // Step t sees samples in (t - offset - window, t - offset].
  int64_t window_ms = 0;
  int64_t offset_ms = 0;
  GridFunction function = GridFunction::kLast;
  std::optional<GridAggregation> aggregate;
  std::vector<std::string> grouping;  // Label names, ascending.
  bool without = false;               // Group by all labels but `grouping` and the metric's name.
};

struct GridSeries {
  model::Labels labels;
  std::vector<double> values;    // One a step.
  std::vector<uint8_t> present;  // One a step: 0 where the series has no value.
};

struct GridResult {
  std::vector<GridSeries> series;  // Ascending in labels; at least one step is present in each.
  std::vector<std::string> warnings;
};

}  // namespace glint::storage
