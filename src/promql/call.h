// Calls of functions whose arguments are no ranges, a file for each kind of them.
//
// Thread-compatible.
#pragma once

#include <optional>

#include "base/status.h"
#include "promql/evaluation.h"

namespace glint::promql {

// Of each float alone: abs, ceil, clamp, round, trigonometry...
StatusOr<Value> CallMathFunction(Evaluation& evaluation, const CallExpr& call, const Grid& grid);
// Of points in time: year, hour, timestamp...
StatusOr<Value> CallTimeFunction(Evaluation& evaluation, const CallExpr& call, const Grid& grid);
// label_replace, label_join, sort*.
StatusOr<Value> CallLabelFunction(Evaluation& evaluation, const CallExpr& call, const Grid& grid);
StatusOr<Value> CallHistogramFunction(Evaluation& evaluation, const CallExpr& call,
                                      const Grid& grid);
// scalar, vector, time, pi, start, end, step, range, min_of, max_of.
StatusOr<Value> CallQueryFunction(Evaluation& evaluation, const CallExpr& call, const Grid& grid);
StatusOr<Value> CallInfo(Evaluation& evaluation, const CallExpr& call, const Grid& grid);

// Replaces each float of the columns by transform(value, step); histograms go away.
template <typename Transform>
void TransformFloats(Columns& columns, Transform transform) {
  for (Column& column : columns) {
    column.drop_name = true;
    for (size_t step = 0; step < column.presence.size(); ++step) {
      if (column.presence[step] == Presence::kFloat) {
        column.values[step] = transform(column.values[step], step);
      } else {
        column.Clear(step);
      }
    }
  }
  std::erase_if(columns, [](const Column& column) { return column.IsEmpty(); });
}

}  // namespace glint::promql
