// The operators </ and >/: a histogram without what lies above, or below, a bound.
//
// Thread-compatible.
#pragma once

#include "model/histogram.h"

namespace glint::promql {

// Keeps observations up to `bound` (`upper`) or from it on. A bucket across the bound is divided
// by interpolation, and the sum is estimated anew from the middles of the buckets.
void Trim(model::Histogram& histogram, double bound, bool upper);

}  // namespace glint::promql
