#include "promql/range_function.h"

#include "promql/absent.h"
#include "promql/extended_range.h"
#include "promql/grid_pushdown.h"
#include "promql/quoting.h"

namespace glint::promql {
namespace {

bool KeepsName(FunctionId id) {
  return id == FunctionId::kFirstOverTime || id == FunctionId::kLastOverTime;
}

bool IsRate(FunctionId id) { return id == FunctionId::kRate || id == FunctionId::kIncrease; }

// Names that say the metric counts; without one, rate() over it is likely a mistake.
bool NamedLikeCounter(std::string_view name) {
  return name.empty() || name.ends_with("_total") || name.ends_with("_sum") ||
         name.ends_with("_count") || name.ends_with("_bucket");
}

RangeFunction FindFunction(FunctionId id) {
  if (const RangeFunction found = FindRateFunction(id)) return found;
  if (const RangeFunction found = FindSummaryFunction(id)) return found;
  return FindTrendFunction(id);
}

// The values of one series at all steps of `grid`.
Column WalkSeries(SeriesSamples& samples, const RangeShape& shape, const Grid& grid,
                  RangeFunction function, RangeCall& call) {
  if (call.function == FunctionId::kRate || call.function == FunctionId::kIncrease ||
      call.function == FunctionId::kIrate || call.function == FunctionId::kResets) {
    FindResets(samples, call.evaluation.options.use_start_timestamps);
  }
  Column column(samples.labels, grid.steps);
  column.drop_name = samples.drop_name || !KeepsName(call.function);
  call.metric = samples.labels->metric_name();
  bool any_float = false;
  WindowWalker windows(shape, samples);
  for (size_t step = 0; step < grid.steps && call.status.ok(); ++step) {
    const Window window = windows.At(step);
    if (window.empty()) continue;
    call.step = step;
    call.time = grid.At(step);
    Point point = function(window, call);
    any_float |= point.presence == Presence::kFloat;
    if (point.presence != Presence::kNone) column.Set(step, std::move(point));
  }
  if (any_float && IsRate(call.function) && !NamedLikeCounter(call.metric)) {
    call.annotations().Inform(
        call.range_position,
        "metric might not be a counter, name does not end in _total/_sum/_count/_bucket: " +
            Quote(call.metric));
  }
  return column;
}

}  // namespace

StatusOr<Value> CallRangeFunction(Evaluation& evaluation, const CallExpr& call, const Grid& grid) {
  const FunctionId id = call.function->id;
  RangeCall state = {evaluation, id, {}, call.arguments[0]->position, {}, {}, 0, 0, 0, {}};
  const Expr* range = nullptr;
  for (const ExprPtr& argument : call.arguments) {
    if (argument->type == ValueType::kMatrix) {
      range = &Unwrap(*argument);
      state.range_position = argument->position;
      continue;
    }
    ASSIGN_OR_RETURN(std::vector<double> scalar, evaluation.EvalScalar(*argument, grid));
    state.scalars.push_back(std::move(scalar));
  }
  RETURN_IF_ERROR(CheckExtendedModifiers(*range, *call.function));
  if (id == FunctionId::kAbsentOverTime) return AbsentOverTime(evaluation, *range, grid);
  ASSIGN_OR_RETURN(RangeShape shape, ShapeOf(evaluation, *range, grid));
  state.range_ms = shape.range_ms;
  ASSIGN_OR_RETURN(std::optional<Value> computed,
                   OfferToStore(evaluation, {nullptr, &call, range}, shape, grid));
  if (computed.has_value()) return *std::move(computed);

  Value result = Value::Vector({});
  const RangeFunction function = FindFunction(id);
  const bool extended = IsExtended(*range);
  const auto visit = [&](SeriesSamples& samples) {
    Column column = extended ? WalkExtended(samples, shape, grid, As<MatrixSelector>(*range), state)
                             : WalkSeries(samples, shape, grid, function, state);
    RETURN_IF_ERROR(state.status);
    if (column.IsEmpty()) return OkStatus();
    RETURN_IF_ERROR(result.hold.Take(evaluation.budget, BytesOf(column), grid.steps));
    result.vector.push_back(std::move(column));
    return OkStatus();
  };
  RETURN_IF_ERROR(ForEachSeries(evaluation, *range, shape, visit));
  // A function that refuses its arguments does so also where no series matches.
  return result;
}

}  // namespace glint::promql
