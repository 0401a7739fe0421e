#include "promql/binary.h"

#include <cmath>

#include "promql/histogram_trim.h"
#include "promql/native_histogram.h"
#include "promql/quoting.h"

namespace glint::promql {
namespace {

Point Incompatible(const BinaryExpr& binary, const Point& left, const Point& right,
                   AnnotationLog& annotations) {
  const auto name = [](const Point& point) {
    return point.presence == Presence::kFloat ? "float" : "histogram";
  };
  const std::string_view op = TextOf(binary.op);
  annotations.Inform(binary.position,
                     fmt::format("incompatible sample types encountered for binary operator {}: "
                                 "{} {} {}",
                                 Quote(op), name(left), op, name(right)));
  return {};
}

Point Compared(const BinaryExpr& binary, bool holds, const Point& left) {
  if (binary.return_bool) return Point::Float(holds ? 1 : 0);
  return holds ? left : Point();
}

Point OnHistograms(const BinaryExpr& binary, const Point& left, const Point& right,
                   AnnotationLog& annotations) {
  switch (binary.op) {
    case TokenKind::kEqual:
    case TokenKind::kNotEqual: {
      const bool same = SameObservations(*left.histogram, *right.histogram);
      return Compared(binary, same == (binary.op == TokenKind::kEqual), left);
    }
    case TokenKind::kAdd:
    case TokenKind::kSub:
      break;
    default:
      return Incompatible(binary, left, right, annotations);
  }
  const bool add = binary.op == TokenKind::kAdd;
  auto result = std::make_shared<model::Histogram>(*left.histogram);
  const HistogramMeeting met =
      add ? Add(*result, *right.histogram) : Subtract(*result, *right.histogram);
  if (met.incompatible) {
    annotations.Warn(binary.position,
                     fmt::format("incompatible bucket layout encountered for binary operator {}",
                                 TextOf(binary.op)));
    return {};
  }
  const std::string_view name = add ? "addition" : "subtraction";
  if (met.hints_collided) {
    annotations.Warn(binary.position,
                     fmt::format("conflicting counter resets during histogram {}", name));
  }
  if (met.bounds_reconciled) {
    annotations.Inform(binary.position,
                       fmt::format("mismatched custom buckets were reconciled during {}", name));
  }
  if (!add) result->counter_reset_hint = model::CounterResetHint::kGauge;
  Compact(*result);
  return Point::Of(std::move(result));
}

Point OnHistogramAndFloat(const BinaryExpr& binary, const model::Histogram& histogram,
                          double value) {
  auto result = std::make_shared<model::Histogram>(histogram);
  switch (binary.op) {
    case TokenKind::kMul:
      Multiply(*result, value);
      break;
    case TokenKind::kDiv:
      Divide(*result, value);
      break;
    default:
      Trim(*result, value, binary.op == TokenKind::kTrimUpper);
  }
  return Point::Of(std::move(result));
}

// A vector with one number a step; `swapped` where the number stands on the left.
Value OnVectorAndScalar(Evaluation& evaluation, const BinaryExpr& binary, Value vector,
                        const std::vector<double>& scalar, bool swapped) {
  const bool renamed = binary.return_bool || ChangesMeaning(binary.op);
  for (Column& column : vector.vector) {
    column.drop_name |= renamed;
    for (size_t step = 0; step < scalar.size(); ++step) {
      if (column.presence[step] == Presence::kNone) continue;
      const Point number = Point::Float(scalar[step]);
      const Point point = column.At(step);
      Point result = swapped ? OnPoints(binary, number, point, evaluation.annotations)
                             : OnPoints(binary, point, number, evaluation.annotations);
      // A comparison that holds keeps what the series had, on whichever side it stood.
      if (swapped && IsComparison(binary.op) && !binary.return_bool &&
          result.presence != Presence::kNone) {
        result = point;
      }
      column.Set(step, std::move(result));
    }
  }
  std::erase_if(vector.vector, [](const Column& column) { return column.IsEmpty(); });
  return vector;
}

}  // namespace

bool ChangesMeaning(TokenKind op) {
  switch (op) {
    case TokenKind::kAdd:
    case TokenKind::kSub:
    case TokenKind::kMul:
    case TokenKind::kDiv:
    case TokenKind::kMod:
    case TokenKind::kPow:
    case TokenKind::kAtan2:
      return true;
    default:
      return false;
  }
}

double OnFloats(TokenKind op, double left, double right) {
  switch (op) {
    case TokenKind::kAdd:
      return left + right;
    case TokenKind::kSub:
      return left - right;
    case TokenKind::kMul:
      return left * right;
    case TokenKind::kDiv:
      return left / right;
    case TokenKind::kMod:
      return std::fmod(left, right);
    case TokenKind::kPow:
      return std::pow(left, right);
    case TokenKind::kAtan2:
      return std::atan2(left, right);
    case TokenKind::kEqual:
      return left == right;
    case TokenKind::kNotEqual:
      return left != right;
    case TokenKind::kLess:
      return left < right;
    case TokenKind::kLessOrEqual:
      return left <= right;
    case TokenKind::kGreater:
      return left > right;
    case TokenKind::kGreaterOrEqual:
      return left >= right;
    default:
      return std::numeric_limits<double>::quiet_NaN();
  }
}

Point OnPoints(const BinaryExpr& binary, const Point& left, const Point& right,
               AnnotationLog& annotations) {
  const bool float_left = left.presence == Presence::kFloat;
  const bool float_right = right.presence == Presence::kFloat;
  const bool trims = binary.op == TokenKind::kTrimUpper || binary.op == TokenKind::kTrimLower;
  if (float_left && float_right) {
    if (trims) return Incompatible(binary, left, right, annotations);
    const double value = OnFloats(binary.op, left.value, right.value);
    if (IsComparison(binary.op)) return Compared(binary, value != 0, left);
    return Point::Float(value);
  }
  if (!float_left && !float_right) return OnHistograms(binary, left, right, annotations);
  if (float_left) {
    if (binary.op != TokenKind::kMul) return Incompatible(binary, left, right, annotations);
    return OnHistogramAndFloat(binary, *right.histogram, left.value);
  }
  if (binary.op != TokenKind::kMul && binary.op != TokenKind::kDiv && !trims) {
    return Incompatible(binary, left, right, annotations);
  }
  return OnHistogramAndFloat(binary, *left.histogram, right.value);
}

StatusOr<Value> EvalBinary(Evaluation& evaluation, const BinaryExpr& binary, const Grid& grid) {
  ASSIGN_OR_RETURN(Value left, evaluation.Eval(*binary.left, grid));
  ASSIGN_OR_RETURN(Value right, evaluation.Eval(*binary.right, grid));
  const bool scalar_left = left.type == ValueType::kScalar;
  const bool scalar_right = right.type == ValueType::kScalar;
  if (scalar_left && scalar_right) {
    for (size_t step = 0; step < grid.steps; ++step) {
      left.scalar[step] = OnFloats(binary.op, left.scalar[step], right.scalar[step]);
    }
    return left;
  }
  if (scalar_left) {
    return OnVectorAndScalar(evaluation, binary, std::move(right), left.scalar, /*swapped=*/true);
  }
  if (scalar_right) {
    return OnVectorAndScalar(evaluation, binary, std::move(left), right.scalar, /*swapped=*/false);
  }
  if (IsSetOperator(binary.op)) {
    ASSIGN_OR_RETURN(Columns columns,
                     CombineSets(binary, std::move(left.vector), std::move(right.vector), grid));
    return Value::Vector(std::move(columns));
  }
  ASSIGN_OR_RETURN(Columns columns, MatchVectors(evaluation, binary, std::move(left.vector),
                                                 std::move(right.vector), grid));
  return Value::Vector(std::move(columns));
}

}  // namespace glint::promql
