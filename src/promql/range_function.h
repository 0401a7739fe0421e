// Functions of a range: each turns the samples in one window into one point.
//
// Thread-compatible.
#pragma once

#include <span>
#include <vector>

#include "base/status.h"
#include "promql/evaluation.h"
#include "promql/series_samples.h"

namespace glint::promql {

// What stays the same while a function walks over one series, and the step it is at.
struct RangeCall {
  Evaluation& evaluation;
  FunctionId function;
  PositionRange range_position;              // Of the range, which annotations speak of.
  PositionRange call_position;               // Of the first argument, whatever it is.
  std::vector<std::vector<double>> scalars;  // The other arguments, one value a step.
  std::string_view metric;                   // Name of the series.
  int64_t range_ms = 0;
  model::TimeMs time = 0;  // Of evaluation: without the offset.
  size_t step = 0;
  Status status;  // Set by a function that refuses its arguments; ends the query.

  AnnotationLog& annotations() const { return evaluation.annotations; }
};

using RangeFunction = Point (*)(const Window& window, RangeCall& call);

// Each file that implements some of them offers a look-up; null: not one of mine.
RangeFunction FindRateFunction(FunctionId id);
RangeFunction FindSummaryFunction(FunctionId id);
RangeFunction FindTrendFunction(FunctionId id);

// How often the value changes from sample to sample, or the counter begins anew; a float after a
// histogram and the reverse count as either.
size_t CountTransitions(const Window& window, bool resets);

// A call of a function with a range among its arguments.
StatusOr<Value> CallRangeFunction(Evaluation& evaluation, const CallExpr& call, const Grid& grid);

}  // namespace glint::promql
