// One evaluation of one query: what every part of it may look at and write to.
//
// Thread-compatible.
#pragma once

#include <string_view>

#include "base/query_budget.h"
#include "base/status.h"
#include "promql/annotations.h"
#include "promql/ast.h"
#include "promql/columns.h"
#include "promql/engine.h"
#include "storage/metric_reader.h"

namespace glint::promql {

// What `@ start()`, range() and step() speak of. The step of an instant query is 0.
struct QueryTimes {
  model::TimeMs start = 0;
  model::TimeMs end = 0;
  int64_t step_ms = 0;
};

class Evaluation {
 public:
  // All references outlive this.
  Evaluation(const storage::MetricReader& store, const EngineOptions& opts, QueryBudget& limits,
             AnnotationLog& log, const QueryTimes& times)
      : reader(store), options(opts), budget(limits), annotations(log), query(times) {}

  const storage::MetricReader& reader;
  const EngineOptions& options;
  QueryBudget& budget;
  AnnotationLog& annotations;
  const QueryTimes query;
  // While only counts and sums of histograms are wanted, each is read with what it says of
  // counter resets: found out from the one before where the sender did not say.
  bool detect_histogram_resets = false;

  // A scalar, string or vector expression at each step of a grid.
  // REQUIRES: it is no range.
  StatusOr<Value> Eval(const Expr& expr, const Grid& grid);
  // The same where the type is known.
  StatusOr<std::vector<double>> EvalScalar(const Expr& expr, const Grid& grid);
  StatusOr<std::string> EvalString(const Expr& expr);

  // INVALID_ARGUMENT: not finite, or out of the range of times.
  StatusOr<int64_t> DurationMs(const DurationExpr& duration) const;
  // The same, and it has to be positive.
  StatusOr<int64_t> PositiveDurationMs(const DurationExpr& duration) const;

  // The grid of the samples that a selector with these modifiers looks at: shifted by the offset,
  // or one and the same time at each step (step_ms 0).
  StatusOr<Grid> Shift(const TimeModifiers& time, const Grid& grid) const;

 private:
  StatusOr<Value> EvalNode(const Expr& expr, const Grid& grid);
  StatusOr<Value> EvalUnary(const UnaryExpr& unary, const Grid& grid);
  double Seconds(const DurationExpr& duration) const;
};

}  // namespace glint::promql
