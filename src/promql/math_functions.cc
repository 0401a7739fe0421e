#include <cmath>
#include <numbers>

#include "promql/call.h"

namespace glint::promql {
namespace {

double Sign(double value) {
  if (value < 0) return -1;
  return value > 0 ? 1 : value;
}

using MathFunction = double (*)(double);

MathFunction FindMathFunction(FunctionId id) {
  switch (id) {
    case FunctionId::kAbs:
      return [](double v) { return std::abs(v); };
    case FunctionId::kAcos:
      return [](double v) { return std::acos(v); };
    case FunctionId::kAcosh:
      return [](double v) { return std::acosh(v); };
    case FunctionId::kAsin:
      return [](double v) { return std::asin(v); };
    case FunctionId::kAsinh:
      return [](double v) { return std::asinh(v); };
    case FunctionId::kAtan:
      return [](double v) { return std::atan(v); };
    case FunctionId::kAtanh:
      return [](double v) { return std::atanh(v); };
    case FunctionId::kCeil:
      return [](double v) { return std::ceil(v); };
    case FunctionId::kCos:
      return [](double v) { return std::cos(v); };
    case FunctionId::kCosh:
      return [](double v) { return std::cosh(v); };
    case FunctionId::kDeg:
      return [](double v) { return v * 180 / std::numbers::pi; };
    case FunctionId::kExp:
      return [](double v) { return std::exp(v); };
    case FunctionId::kFloor:
      return [](double v) { return std::floor(v); };
    case FunctionId::kLn:
      return [](double v) { return std::log(v); };
    case FunctionId::kLog10:
      return [](double v) { return std::log10(v); };
    case FunctionId::kLog2:
      return [](double v) { return std::log2(v); };
    case FunctionId::kRad:
      return [](double v) { return v * std::numbers::pi / 180; };
    case FunctionId::kSgn:
      return Sign;
    case FunctionId::kSin:
      return [](double v) { return std::sin(v); };
    case FunctionId::kSinh:
      return [](double v) { return std::sinh(v); };
    case FunctionId::kSqrt:
      return [](double v) { return std::sqrt(v); };
    case FunctionId::kTan:
      return [](double v) { return std::tan(v); };
    case FunctionId::kTanh:
      return [](double v) { return std::tanh(v); };
    default:
      return nullptr;
  }
}

// NaN on either side wins.
double Smaller(double a, double b) {
  if (std::isnan(a) || std::isnan(b)) return std::numeric_limits<double>::quiet_NaN();
  return a < b ? a : b;
}
double Larger(double a, double b) {
  if (std::isnan(a) || std::isnan(b)) return std::numeric_limits<double>::quiet_NaN();
  return a > b ? a : b;
}

// Half a unit rounds up. Dividing by the inverse keeps 0.1 exact.
double RoundTo(double value, double unit) {
  const double inverse = 1 / unit;
  return std::floor(value * inverse + 0.5) / inverse;
}

}  // namespace

StatusOr<Value> CallMathFunction(Evaluation& evaluation, const CallExpr& call, const Grid& grid) {
  std::vector<std::vector<double>> scalars;
  for (size_t i = 1; i < call.arguments.size(); ++i) {
    ASSIGN_OR_RETURN(std::vector<double> scalar, evaluation.EvalScalar(*call.arguments[i], grid));
    scalars.push_back(std::move(scalar));
  }
  ASSIGN_OR_RETURN(Value value, evaluation.Eval(*call.arguments[0], grid));
  Columns& columns = value.vector;
  switch (call.function->id) {
    case FunctionId::kRound:
      TransformFloats(columns, [&](double v, size_t step) {
        return RoundTo(v, scalars.empty() ? 1 : scalars[0][step]);
      });
      break;
    case FunctionId::kClampMin:
      TransformFloats(columns, [&](double v, size_t s) { return Larger(scalars[0][s], v); });
      break;
    case FunctionId::kClampMax:
      TransformFloats(columns, [&](double v, size_t s) { return Smaller(scalars[0][s], v); });
      break;
    case FunctionId::kClamp:
      for (Column& column : columns) {
        for (size_t s = 0; s < grid.steps; ++s) {
          if (scalars[1][s] < scalars[0][s]) column.Clear(s);
        }
      }
      TransformFloats(columns, [&](double v, size_t s) {
        return Larger(scalars[0][s], Smaller(scalars[1][s], v));
      });
      break;
    default: {
      const MathFunction function = FindMathFunction(call.function->id);
      CHECK(function != nullptr);
      TransformFloats(columns, [&](double v, size_t) { return function(v); });
    }
  }
  return value;
}

}  // namespace glint::promql
