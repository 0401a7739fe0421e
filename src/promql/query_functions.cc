// scalar, vector, time, pi, start, end, step, range, min_of, max_of.
#include <cmath>
#include <numbers>

#include "promql/call.h"

namespace glint::promql {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

// The value of the only float at each step; NaN where there is none or more than one.
std::vector<double> OnlyFloats(const Columns& columns, size_t steps) {
  std::vector<double> out(steps, kNan);
  std::vector<uint8_t> seen(steps);
  for (const Column& column : columns) {
    for (size_t step = 0; step < steps; ++step) {
      if (column.presence[step] != Presence::kFloat) continue;
      out[step] = seen[step] == 0 ? column.values[step] : kNan;
      seen[step] = 1;
    }
  }
  return out;
}

double Pick(FunctionId id, double a, double b) {
  if (std::isnan(a) || std::isnan(b)) return kNan;
  return id == FunctionId::kMinOf ? std::min(a, b) : std::max(a, b);
}

double OfQuery(FunctionId id, const QueryTimes& query) {
  const auto seconds = [](int64_t ms) { return static_cast<double>(ms) / 1000; };
  switch (id) {
    case FunctionId::kPi:
      return std::numbers::pi;
    case FunctionId::kStart:
      return seconds(query.start);
    case FunctionId::kEnd:
      return seconds(query.end);
    case FunctionId::kStep:
      return seconds(query.step_ms);
    default:
      return seconds(query.end - query.start);
  }
}

}  // namespace

StatusOr<Value> CallQueryFunction(Evaluation& evaluation, const CallExpr& call, const Grid& grid) {
  const FunctionId id = call.function->id;
  switch (id) {
    case FunctionId::kScalar: {
      ASSIGN_OR_RETURN(const Value value, evaluation.Eval(*call.arguments[0], grid));
      return Value::Scalar(OnlyFloats(value.vector, grid.steps));
    }
    case FunctionId::kVector: {
      ASSIGN_OR_RETURN(std::vector<double> scalar, evaluation.EvalScalar(*call.arguments[0], grid));
      Column column(std::make_shared<const model::Labels>(), grid.steps);
      std::fill(column.presence.begin(), column.presence.end(), Presence::kFloat);
      column.values = std::move(scalar);
      Value value = Value::Vector({});
      value.vector.push_back(std::move(column));
      return value;
    }
    case FunctionId::kMinOf:
    case FunctionId::kMaxOf: {
      ASSIGN_OR_RETURN(std::vector<double> a, evaluation.EvalScalar(*call.arguments[0], grid));
      ASSIGN_OR_RETURN(const std::vector<double> b,
                       evaluation.EvalScalar(*call.arguments[1], grid));
      for (size_t step = 0; step < grid.steps; ++step) a[step] = Pick(id, a[step], b[step]);
      return Value::Scalar(std::move(a));
    }
    case FunctionId::kTime: {
      std::vector<double> out(grid.steps);
      for (size_t step = 0; step < grid.steps; ++step) {
        out[step] = static_cast<double>(grid.At(step)) / 1000;
      }
      return Value::Scalar(std::move(out));
    }
    default:
      return Value::Scalar(std::vector<double>(grid.steps, OfQuery(id, evaluation.query)));
  }
}

}  // namespace glint::promql
