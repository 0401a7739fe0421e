// `metric smoothed`: values interpolated between samples. Thread-compatible.
#pragma once

#include "base/status.h"
#include "promql/evaluation.h"

namespace glint::promql {

// Between the samples before and after each step, where both are within the lookback; the one
// before where there is none after.
StatusOr<Value> SelectSmoothed(Evaluation& evaluation, const VectorSelector& selector,
                               const Grid& grid);

}  // namespace glint::promql
