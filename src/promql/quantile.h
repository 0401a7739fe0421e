// Quantiles of plain numbers. Thread-safe.
#pragma once

#include <vector>

namespace glint::promql {

// Between the two nearest ranks, linearly; NaN counts as the smallest value. -Inf below q = 0,
// +Inf above 1, NaN where q is NaN or there is nothing. Reorders `values`.
double QuantileOf(double q, std::vector<double>& values);

}  // namespace glint::promql
