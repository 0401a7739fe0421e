#include "promql/grid_pushdown.h"

#include <algorithm>

#include "promql/quoting.h"
#include "storage/metric_grid.h"

namespace glint::promql {
namespace {

std::optional<storage::GridFunction> GridFunctionOf(FunctionId id) {
  switch (id) {
    case FunctionId::kRate:
      return storage::GridFunction::kRate;
    case FunctionId::kIncrease:
      return storage::GridFunction::kIncrease;
    case FunctionId::kSumOverTime:
      return storage::GridFunction::kSumOverTime;
    case FunctionId::kAvgOverTime:
      return storage::GridFunction::kAvgOverTime;
    case FunctionId::kMinOverTime:
      return storage::GridFunction::kMinOverTime;
    case FunctionId::kMaxOverTime:
      return storage::GridFunction::kMaxOverTime;
    case FunctionId::kCountOverTime:
      return storage::GridFunction::kCountOverTime;
    case FunctionId::kLastOverTime:
      return storage::GridFunction::kLast;
    default:
      return std::nullopt;
  }
}

std::optional<storage::GridAggregation> GridAggregationOf(TokenKind op) {
  switch (op) {
    case TokenKind::kSum:
      return storage::GridAggregation::kSum;
    case TokenKind::kAvg:
      return storage::GridAggregation::kAvg;
    case TokenKind::kMin:
      return storage::GridAggregation::kMin;
    case TokenKind::kMax:
      return storage::GridAggregation::kMax;
    case TokenKind::kCount:
      return storage::GridAggregation::kCount;
    default:
      return std::nullopt;
  }
}

bool GroupsByName(const AggregateExpr& aggregate) {
  return !aggregate.without && std::find(aggregate.grouping.begin(), aggregate.grouping.end(),
                                         model::kMetricName) != aggregate.grouping.end();
}

}  // namespace

StatusOr<std::optional<Value>> OfferAggregationToStore(Evaluation& evaluation,
                                                       const AggregateExpr& aggregate,
                                                       const Grid& grid) {
  const Expr& body = Unwrap(*aggregate.body);
  if (!GridAggregationOf(aggregate.op) || body.kind != ExprKind::kCall) {
    return std::optional<Value>();
  }
  const auto& call = As<CallExpr>(body);
  // The name is gone after a function, whose removal may be delayed: not a thing of the store.
  if (!GridFunctionOf(call.function->id) || call.arguments.empty() || GroupsByName(aggregate)) {
    return std::optional<Value>();
  }
  const Expr& range = Unwrap(*call.arguments[0]);
  if (range.kind != ExprKind::kMatrixSelector) return std::optional<Value>();
  ASSIGN_OR_RETURN(const RangeShape shape, ShapeOf(evaluation, range, grid));
  return OfferToStore(evaluation, {&aggregate, &call, &range}, shape, grid);
}

StatusOr<std::optional<Value>> OfferToStore(Evaluation& evaluation, const GridFragment& fragment,
                                            const RangeShape& shape, const Grid& grid) {
  const auto function = GridFunctionOf(fragment.call->function->id);
  if (!function || fragment.range->kind != ExprKind::kMatrixSelector) {
    return std::optional<Value>();
  }
  const VectorSelector& selector = *As<MatrixSelector>(*fragment.range).vector;
  // Start timestamps change what rate() sees; the fragment cannot say so.
  if (selector.anchored || selector.smoothed || evaluation.options.use_start_timestamps ||
      selector.time.at != TimeModifiers::At::kNone) {
    return std::optional<Value>();
  }
  storage::GridQuery query;
  query.series = selector.matchers;
  query.start = grid.start;
  query.end = grid.end();
  query.step_ms = std::max<int64_t>(grid.step_ms, 1);
  query.window_ms = shape.range_ms;
  query.offset_ms = grid.start - shape.ends.start;
  query.function = *function;
  if (fragment.aggregate != nullptr) {
    query.aggregate = GridAggregationOf(fragment.aggregate->op);
    query.grouping = fragment.aggregate->grouping;
    std::sort(query.grouping.begin(), query.grouping.end());
    query.without = fragment.aggregate->without;
  }
  ASSIGN_OR_RETURN(std::optional<storage::GridResult> answer,
                   evaluation.reader.SelectGrid(query, evaluation.budget));
  if (!answer.has_value()) return std::optional<Value>();
  for (std::string& warning : answer->warnings) {
    evaluation.annotations.WarnFromStore(std::move(warning));
  }
  Value result = Value::Vector({});
  for (storage::GridSeries& series : answer->series) {
    if (series.values.size() != grid.steps || series.present.size() != grid.steps) {
      return Internal("store answered a grid of {} steps with {} values", grid.steps,
                      series.values.size());
    }
    Column column(std::make_shared<const model::Labels>(std::move(series.labels)), grid.steps);
    column.drop_name = fragment.aggregate == nullptr && *function != storage::GridFunction::kLast;
    for (size_t step = 0; step < grid.steps; ++step) {
      if (series.present[step] != 0) column.SetFloat(step, series.values[step]);
    }
    RETURN_IF_ERROR(result.hold.Take(evaluation.budget, BytesOf(column), grid.steps));
    result.vector.push_back(std::move(column));
  }
  return std::optional<Value>(std::move(result));
}

}  // namespace glint::promql
