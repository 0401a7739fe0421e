// Offering a part of a query to the store, for stores that compute where their data is.
//
// Only what a storage::GridQuery can say is offered: one function over one selector, then perhaps
// one aggregation. A store may always refuse; the evaluator then computes from the samples.
//
// Thread-compatible.
#pragma once

#include <optional>

#include "base/status.h"
#include "promql/evaluation.h"
#include "promql/series_samples.h"

namespace glint::promql {

struct GridFragment {
  const AggregateExpr* aggregate = nullptr;  // Null: none.
  const CallExpr* call = nullptr;
  const Expr* range = nullptr;  // Of the call.
};

// `sum by (job) (rate(x[5m]))` and its like. Empty: not to be said as a fragment, or refused.
StatusOr<std::optional<Value>> OfferAggregationToStore(Evaluation& evaluation,
                                                       const AggregateExpr& aggregate,
                                                       const Grid& grid);
StatusOr<std::optional<Value>> OfferToStore(Evaluation& evaluation, const GridFragment& fragment,
                                            const RangeShape& shape, const Grid& grid);

}  // namespace glint::promql
