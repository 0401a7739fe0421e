// absent() and absent_over_time(): one where there is nothing. Thread-compatible.
#pragma once

#include "base/status.h"
#include "promql/evaluation.h"

namespace glint::promql {

StatusOr<Value> Absent(Evaluation& evaluation, const Expr& argument, const Grid& grid);
StatusOr<Value> AbsentOverTime(Evaluation& evaluation, const Expr& range, const Grid& grid);

}  // namespace glint::promql
