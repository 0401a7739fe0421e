// How far native histograms of a range moved. Thread-compatible.
#pragma once

#include <memory>
#include <span>

#include "promql/range_function.h"

namespace glint::promql {

// From the first to the last, counter resets taken into account when `counter`; from nothing to
// the last when `from_zero`. Null, with a warning, where they cannot be compared.
// REQUIRES: at least two, or one and from_zero.
std::shared_ptr<model::Histogram> HistogramChange(std::span<const storage::HistogramSample> samples,
                                                  bool counter, bool from_zero, RangeCall& call);

// Between two neighbours; from zero where `rate` and the counter was reset.
std::shared_ptr<model::Histogram> HistogramStep(const storage::HistogramSample& before,
                                                const storage::HistogramSample& now, bool rate,
                                                RangeCall& call);

}  // namespace glint::promql
