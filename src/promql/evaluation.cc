#include "promql/evaluation.h"

#include <cmath>

#include "promql/absent.h"
#include "promql/aggregation.h"
#include "promql/binary.h"
#include "promql/call.h"
#include "promql/instant_selector.h"
#include "promql/native_histogram.h"
#include "promql/range_function.h"

namespace glint::promql {
namespace {

// Times and durations beyond this are refused, so that sums of a few of them do not overflow.
constexpr double kMaxSeconds = 9.2e15 / 8;

StatusOr<Value> Dispatch(Evaluation& evaluation, const CallExpr& call, const Grid& grid) {
  const FunctionId id = call.function->id;
  if (id <= FunctionId::kTsOfMinOverTime) return CallRangeFunction(evaluation, call, grid);
  if (id <= FunctionId::kTanh) return CallMathFunction(evaluation, call, grid);
  if (id <= FunctionId::kStartTimestamp) return CallTimeFunction(evaluation, call, grid);
  if (id <= FunctionId::kHistogramSum) return CallHistogramFunction(evaluation, call, grid);
  switch (id) {
    case FunctionId::kAbsent:
      return Absent(evaluation, *call.arguments[0], grid);
    case FunctionId::kInfo:
      return CallInfo(evaluation, call, grid);
    case FunctionId::kLabelJoin:
    case FunctionId::kLabelReplace:
    case FunctionId::kSort:
    case FunctionId::kSortDesc:
    case FunctionId::kSortByLabel:
    case FunctionId::kSortByLabelDesc:
      return CallLabelFunction(evaluation, call, grid);
    default:
      return CallQueryFunction(evaluation, call, grid);
  }
}

// The value of one step at each of `steps`.
void Repeat(Value& value, size_t steps) {
  if (value.type == ValueType::kScalar) value.scalar.resize(steps, value.scalar[0]);
  for (Column& column : value.vector) {
    column.presence.resize(steps, column.presence[0]);
    column.values.resize(steps, column.values[0]);
    if (!column.histograms.empty()) column.histograms.resize(steps, column.histograms[0]);
  }
}

}  // namespace

StatusOr<Value> Evaluation::Eval(const Expr& expr, const Grid& grid) {
  RETURN_IF_ERROR(budget.Check());
  const bool once = expr.step_invariant && grid.steps > 1 && expr.kind != ExprKind::kString;
  Grid first = grid;
  if (once) first.steps = 1;
  ASSIGN_OR_RETURN(Value value, EvalNode(expr, first));
  if (!options.delayed_name_removal) RETURN_IF_ERROR(DropMarkedNames(value.vector));
  if (once) {
    value.hold.Free();
    BudgetHold probe;  // Before it grows.
    RETURN_IF_ERROR(probe.Take(budget, value.vector.size() * grid.steps * 9, 0));
    Repeat(value, grid.steps);
  }
  if (value.hold.empty()) {
    uint64_t bytes = value.scalar.size() * sizeof(double);
    uint64_t samples = value.scalar.size();
    for (const Column& column : value.vector) {
      bytes += BytesOf(column);
      samples += column.presence.size();
    }
    RETURN_IF_ERROR(value.hold.Take(budget, bytes, samples));
  }
  return value;
}

StatusOr<Value> Evaluation::EvalNode(const Expr& expr, const Grid& grid) {
  switch (expr.kind) {
    case ExprKind::kNumber:
      return Value::Scalar(std::vector<double>(grid.steps, As<NumberLiteral>(expr).value));
    case ExprKind::kString: {
      Value value;
      value.type = ValueType::kString;
      value.string = As<StringLiteral>(expr).value;
      return value;
    }
    case ExprKind::kVectorSelector:
      return SelectInstant(*this, As<VectorSelector>(expr), grid, SelectWhat::kSample);
    case ExprKind::kMatrixSelector:
    case ExprKind::kSubquery:
      return Internal("a range was evaluated as a vector");
    case ExprKind::kUnary:
      return EvalUnary(As<UnaryExpr>(expr), grid);
    case ExprKind::kBinary:
      return EvalBinary(*this, As<BinaryExpr>(expr), grid);
    case ExprKind::kCall:
      return Dispatch(*this, As<CallExpr>(expr), grid);
    case ExprKind::kAggregate:
      return Aggregate(*this, As<AggregateExpr>(expr), grid);
    case ExprKind::kParen:
      return Eval(*As<ParenExpr>(expr).body, grid);
  }
  return Internal("unknown kind of expression");
}

StatusOr<Value> Evaluation::EvalUnary(const UnaryExpr& unary, const Grid& grid) {
  ASSIGN_OR_RETURN(Value value, Eval(*unary.body, grid));
  if (unary.op != TokenKind::kSub) return value;
  for (double& scalar : value.scalar) scalar = -scalar;
  for (Column& column : value.vector) {
    column.drop_name = true;
    for (size_t step = 0; step < grid.steps; ++step) {
      if (column.presence[step] == Presence::kFloat) {
        column.values[step] = -column.values[step];
      } else if (column.presence[step] == Presence::kHistogram) {
        auto negated = std::make_shared<model::Histogram>(*column.histograms[step]);
        Multiply(*negated, -1);
        column.histograms[step] = std::move(negated);
      }
    }
  }
  return value;
}

StatusOr<std::vector<double>> Evaluation::EvalScalar(const Expr& expr, const Grid& grid) {
  ASSIGN_OR_RETURN(Value value, Eval(expr, grid));
  if (value.type != ValueType::kScalar) return Internal("expected a scalar");
  return std::move(value.scalar);
}

StatusOr<std::string> Evaluation::EvalString(const Expr& expr) {
  const Expr& inner = Unwrap(expr);
  if (inner.kind != ExprKind::kString) return Internal("expected a string");
  return As<StringLiteral>(inner).value;
}

double Evaluation::Seconds(const DurationExpr& duration) const {
  const auto left = [&] { return Seconds(*duration.left); };
  const auto right = [&] { return Seconds(*duration.right); };
  switch (duration.op) {
    case DurationExpr::Op::kLiteral:
      return duration.seconds;
    case DurationExpr::Op::kStep:
      return static_cast<double>(query.step_ms) / 1000;
    case DurationExpr::Op::kRange:
      return static_cast<double>(query.end - query.start) / 1000;
    case DurationExpr::Op::kNegate:
      return -left();
    case DurationExpr::Op::kAdd:
      return left() + right();
    case DurationExpr::Op::kSub:
      return left() - right();
    case DurationExpr::Op::kMul:
      return left() * right();
    case DurationExpr::Op::kDiv:
      return left() / right();
    case DurationExpr::Op::kMod:
      return std::fmod(left(), right());
    case DurationExpr::Op::kPow:
      return std::pow(left(), right());
    case DurationExpr::Op::kMinOf:
      return std::min(left(), right());
    case DurationExpr::Op::kMaxOf:
      return std::max(left(), right());
  }
  return 0;
}

StatusOr<int64_t> Evaluation::DurationMs(const DurationExpr& duration) const {
  const double seconds = Seconds(duration);
  if (!(std::abs(seconds) < kMaxSeconds)) {
    return InvalidArgument("duration is out of range");
  }
  return static_cast<int64_t>(std::llround(seconds * 1000));
}

StatusOr<int64_t> Evaluation::PositiveDurationMs(const DurationExpr& duration) const {
  ASSIGN_OR_RETURN(const int64_t ms, DurationMs(duration));
  if (ms <= 0) return InvalidArgument("duration must be greater than 0");
  return ms;
}

StatusOr<Grid> Evaluation::Shift(const TimeModifiers& time, const Grid& grid) const {
  int64_t offset = 0;
  if (time.offset != nullptr) {
    ASSIGN_OR_RETURN(offset, DurationMs(*time.offset));
  }
  Grid shifted = grid;
  switch (time.at) {
    case TimeModifiers::At::kNone:
      shifted.start = grid.start - offset;
      return shifted;
    case TimeModifiers::At::kTime:
      shifted.start = time.at_time - offset;
      break;
    case TimeModifiers::At::kStart:
      shifted.start = query.start - offset;
      break;
    case TimeModifiers::At::kEnd:
      shifted.start = query.end - offset;
      break;
  }
  shifted.step_ms = 0;
  return shifted;
}

}  // namespace glint::promql
