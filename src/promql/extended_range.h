// `anchored` and `smoothed` ranges: rates between the ends of the window themselves, rather than
// extrapolated from the samples within it. An anchored range takes the last sample before it as
// its first; a smoothed one interpolates at both ends.
// Source: https://github.com/prometheus/proposals, PROM-52
//
// Thread-compatible.
#pragma once

#include "base/status.h"
#include "promql/range_function.h"

namespace glint::promql {

bool IsExtended(const Expr& range);

// INVALID_ARGUMENT: the modifier does not go with this function.
Status CheckExtendedModifiers(const Expr& range, const FunctionSignature& function);

// The values of one series at all steps of `grid`.
// REQUIRES: IsExtended, and CheckExtendedModifiers passed.
Column WalkExtended(SeriesSamples& samples, const RangeShape& shape, const Grid& grid,
                    const MatrixSelector& range, RangeCall& call);

// Linearly between two samples. Of a counter that began anew between them: from zero on the left
// end of a range, on top of the earlier value on its right end.
double Interpolate(model::TimeMs time1, double value1, model::TimeMs time2, double value2,
                   model::TimeMs at, bool counter, bool left_end);
// The same for histograms. Null where they do not fit together.
std::shared_ptr<model::Histogram> Interpolate(const storage::HistogramSample& first,
                                              const storage::HistogramSample& second,
                                              model::TimeMs at, bool counter, bool left_end);

// The change of a counter or gauge from one end of `window` to the other. `window` holds the
// samples round the range as well. Null or no value: nothing in the range, or annotated.
Point ExtendedHistogramChange(const Window& window, bool smoothed, bool counter, RangeCall& call);

}  // namespace glint::promql
