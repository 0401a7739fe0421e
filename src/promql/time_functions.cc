#include <chrono>
#include <cmath>

#include "promql/call.h"
#include "promql/instant_selector.h"

namespace glint::promql {
namespace {

// A part of the UTC date and time that `seconds` since 1970 is.
double PartOf(double seconds, FunctionId part) {
  if (!(std::abs(seconds) < 1e14)) return std::numeric_limits<double>::quiet_NaN();
  using std::chrono::days;
  const std::chrono::sys_seconds time(std::chrono::seconds(static_cast<int64_t>(seconds)));
  const auto day = std::chrono::floor<days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  switch (part) {
    case FunctionId::kYear:
      return static_cast<int>(date.year());
    case FunctionId::kMonth:
      return static_cast<unsigned>(date.month());
    case FunctionId::kDayOfMonth:
      return static_cast<unsigned>(date.day());
    case FunctionId::kDayOfWeek:
      return std::chrono::weekday(day).c_encoding();
    case FunctionId::kDayOfYear:
      return static_cast<double>(
          (day - std::chrono::sys_days(date.year() / std::chrono::January / 1)).count() + 1);
    case FunctionId::kDaysInMonth:
      return static_cast<unsigned>(
          std::chrono::year_month_day_last(date.year() / date.month() / std::chrono::last).day());
    case FunctionId::kHour:
      return static_cast<double>(clock.hours().count());
    default:
      return static_cast<double>(clock.minutes().count());
  }
}

StatusOr<Value> Timestamps(Evaluation& evaluation, const CallExpr& call, const Grid& grid) {
  const Expr& argument = Unwrap(*call.arguments[0]);
  const bool start = call.function->id == FunctionId::kStartTimestamp;
  if (argument.kind == ExprKind::kVectorSelector) {
    return SelectInstant(evaluation, As<VectorSelector>(argument), grid,
                         start ? SelectWhat::kStartTime : SelectWhat::kTime);
  }
  ASSIGN_OR_RETURN(Value value, evaluation.Eval(argument, grid));
  // A computed value knows no start of its own.
  if (start) return Value::Vector({});
  for (Column& column : value.vector) {
    column.drop_name = true;
    for (size_t step = 0; step < grid.steps; ++step) {
      if (column.presence[step] == Presence::kNone) continue;
      column.SetFloat(step, static_cast<double>(grid.At(step)) / 1000);
    }
    column.histograms.clear();
  }
  return value;
}

}  // namespace

StatusOr<Value> CallTimeFunction(Evaluation& evaluation, const CallExpr& call, const Grid& grid) {
  const FunctionId id = call.function->id;
  if (id == FunctionId::kTimestamp || id == FunctionId::kStartTimestamp) {
    return Timestamps(evaluation, call, grid);
  }
  Value value = Value::Vector({});
  if (call.arguments.empty()) {
    Column now(std::make_shared<const model::Labels>(), grid.steps);
    for (size_t step = 0; step < grid.steps; ++step) {
      now.SetFloat(step, static_cast<double>(grid.At(step)) / 1000);
    }
    value.vector.push_back(std::move(now));
  } else {
    ASSIGN_OR_RETURN(value, evaluation.Eval(*call.arguments[0], grid));
  }
  TransformFloats(value.vector, [&](double seconds, size_t) { return PartOf(seconds, id); });
  return value;
}

}  // namespace glint::promql
