#include "promql/check.h"

#include <algorithm>

#include "promql/quoting.h"

namespace glint::promql {
namespace {

class Checker {
 public:
  explicit Checker(std::string_view query) : query_(query) {}

  Status Visit(Expr& expr) {
    switch (expr.kind) {
      case ExprKind::kNumber:
      case ExprKind::kString:
        expr.step_invariant = true;
        return OkStatus();
      case ExprKind::kVectorSelector:
        return VisitSelector(As<VectorSelector>(expr), /*may_match_all=*/false);
      case ExprKind::kMatrixSelector: {
        VectorSelector& vector = *As<MatrixSelector>(expr).vector;
        RETURN_IF_ERROR(VisitSelector(vector, /*may_match_all=*/false));
        expr.step_invariant = vector.step_invariant;
        return OkStatus();
      }
      case ExprKind::kSubquery:
        return VisitSubquery(As<Subquery>(expr));
      case ExprKind::kUnary:
        return VisitUnary(As<UnaryExpr>(expr));
      case ExprKind::kBinary:
        return VisitBinary(As<BinaryExpr>(expr));
      case ExprKind::kCall:
        return VisitCall(As<CallExpr>(expr));
      case ExprKind::kAggregate:
        return VisitAggregate(As<AggregateExpr>(expr));
      case ExprKind::kParen:
        RETURN_IF_ERROR(Visit(*As<ParenExpr>(expr).body));
        expr.step_invariant = As<ParenExpr>(expr).body->step_invariant;
        return OkStatus();
    }
    return OkStatus();
  }

 private:
  template <typename... Args>
  Status ErrorAt(PositionRange where, fmt::format_string<Args...> format, Args&&... args) const {
    return InvalidArgument("{}: parse error: {}", LineAndColumn(query_, where.start),
                           fmt::format(format, std::forward<Args>(args)...));
  }

  Status ExpectType(const Expr& expr, ValueType wanted, std::string_view where) const {
    if (expr.type == wanted) return OkStatus();
    return ErrorAt(expr.position, "expected type {} in {}, got {}", Describe(wanted), where,
                   Describe(expr.type));
  }

  Status VisitSelector(VectorSelector& selector, bool may_match_all) const {
    selector.step_invariant = selector.time.at != TimeModifiers::At::kNone;
    if (may_match_all || std::any_of(selector.matchers.begin(), selector.matchers.end(),
                                     [](const auto& m) { return !m.MatchesEmpty(); })) {
      return OkStatus();
    }
    return ErrorAt(selector.position,
                   "vector selector must contain at least one non-empty matcher");
  }

  Status VisitSubquery(Subquery& subquery) {
    RETURN_IF_ERROR(Visit(*subquery.body));
    if (subquery.body->type != ValueType::kVector && subquery.body->type != ValueType::kScalar) {
      return ErrorAt(subquery.position,
                     "subquery is only allowed on instant vector, got {} instead",
                     Describe(subquery.body->type));
    }
    subquery.step_invariant = subquery.time.at != TimeModifiers::At::kNone;
    return OkStatus();
  }

  Status VisitUnary(UnaryExpr& unary) {
    RETURN_IF_ERROR(Visit(*unary.body));
    if (unary.type != ValueType::kScalar && unary.type != ValueType::kVector) {
      return ErrorAt(unary.position,
                     "unary expression only allowed on expressions of type scalar or instant "
                     "vector, got {}",
                     Quote(Describe(unary.type)));
    }
    unary.step_invariant = unary.body->step_invariant;
    return OkStatus();
  }

  // Of the operator and its modifiers.
  PositionRange OperatorRange(const BinaryExpr& binary) const {
    uint32_t start = binary.left->position.end;
    while (start < query_.size() &&
           std::string_view(" \t\r\n").find(query_[start]) != std::string_view::npos) {
      ++start;
    }
    return {start, binary.right->position.start};
  }

  Status VisitBinary(BinaryExpr& binary) {
    RETURN_IF_ERROR(Visit(*binary.left));
    RETURN_IF_ERROR(Visit(*binary.right));
    binary.step_invariant = binary.left->step_invariant && binary.right->step_invariant;
    const ValueType left = binary.left->type;
    const ValueType right = binary.right->type;
    const bool scalars = left == ValueType::kScalar && right == ValueType::kScalar;
    const bool vectors = left == ValueType::kVector && right == ValueType::kVector;
    const PositionRange op = OperatorRange(binary);
    if (binary.return_bool && !IsComparison(binary.op)) {
      return ErrorAt(op, "bool modifier can only be used on comparison operators");
    }
    if (IsComparison(binary.op) && !binary.return_bool && scalars) {
      return ErrorAt(op, "comparisons between scalars must use BOOL modifier");
    }
    RETURN_IF_ERROR(CheckMatchingLabels(binary, op));
    for (const Expr* side : {binary.left.get(), binary.right.get()}) {
      if (side->type != ValueType::kScalar && side->type != ValueType::kVector) {
        return ErrorAt(side->position,
                       "binary expression must contain only scalar and instant vector types");
      }
    }
    if (!vectors) {
      if (!binary.matching.labels.empty()) {
        return ErrorAt(binary.position, "vector matching only allowed between instant vectors");
      }
      if (binary.matching.fill_left || binary.matching.fill_right) {
        return ErrorAt(binary.position,
                       "filling in missing series only allowed between instant vectors");
      }
      if (IsSetOperator(binary.op)) {
        return ErrorAt(binary.position, "set operator {} not allowed in binary scalar expression",
                       Quote(TextOf(binary.op)));
      }
    }
    return OkStatus();
  }

  Status CheckMatchingLabels(BinaryExpr& binary, PositionRange op) const {
    VectorMatching& matching = binary.matching;
    if (matching.on) {
      for (const std::string& label : matching.labels) {
        if (std::find(matching.include.begin(), matching.include.end(), label) !=
            matching.include.end()) {
          return ErrorAt(op, "label {} must not occur in ON and GROUP clause at once",
                         Quote(label));
        }
      }
    }
    if (!IsSetOperator(binary.op)) return OkStatus();
    if (matching.cardinality != Cardinality::kOneToOne) {
      return ErrorAt(binary.position, "no grouping allowed for {} operation",
                     Quote(TextOf(binary.op)));
    }
    if (matching.fill_left || matching.fill_right) {
      return ErrorAt(binary.position, "filling in missing series not allowed for set operators");
    }
    matching.cardinality = Cardinality::kManyToMany;
    return OkStatus();
  }

  Status VisitCall(CallExpr& call) {
    const FunctionSignature& function = *call.function;
    const size_t given = call.arguments.size();
    if (function.variadic == Variadic::kNo && given != function.arguments) {
      return ErrorAt(call.position, "expected {} argument(s) in call to {}, got {}",
                     function.arguments, Quote(function.name), given);
    }
    if (given < function.min_arguments()) {
      return ErrorAt(call.position, "expected at least {} argument(s) in call to {}, got {}",
                     function.min_arguments(), Quote(function.name), given);
    }
    if (function.variadic == Variadic::kOptional && given > function.arguments) {
      return ErrorAt(call.position, "expected at most {} argument(s) in call to {}, got {}",
                     function.arguments, Quote(function.name), given);
    }
    const bool info = function.id == FunctionId::kInfo;
    call.step_invariant = !function.depends_on_time;
    for (size_t i = 0; i < given; ++i) {
      Expr& argument = *call.arguments[i];
      if (info && i == 1) {
        RETURN_IF_ERROR(CheckInfoSelector(argument));
        continue;
      }
      RETURN_IF_ERROR(Visit(argument));
      call.step_invariant = call.step_invariant && argument.step_invariant;
      const size_t type = std::min<size_t>(i, function.arguments - 1u);
      RETURN_IF_ERROR(ExpectType(argument, function.types[type],
                                 fmt::format("call to function {}", Quote(function.name))));
    }
    return OkStatus();
  }

  // The second argument of info() only lists matchers; it selects nothing by itself.
  Status CheckInfoSelector(Expr& argument) const {
    RETURN_IF_ERROR(ExpectType(argument, ValueType::kVector, "call to function \"info\""));
    if (argument.kind != ExprKind::kVectorSelector || !As<VectorSelector>(argument).name.empty()) {
      return ErrorAt(argument.position,
                     "expected label selectors only, got vector selector instead");
    }
    return VisitSelector(As<VectorSelector>(argument), /*may_match_all=*/true);
  }

  Status VisitAggregate(AggregateExpr& aggregate) {
    RETURN_IF_ERROR(Visit(*aggregate.body));
    RETURN_IF_ERROR(ExpectType(*aggregate.body, ValueType::kVector, "aggregation expression"));
    aggregate.step_invariant = aggregate.body->step_invariant;
    if (aggregate.parameter == nullptr) return OkStatus();
    RETURN_IF_ERROR(Visit(*aggregate.parameter));
    aggregate.step_invariant = aggregate.step_invariant && aggregate.parameter->step_invariant;
    const ValueType wanted =
        aggregate.op == TokenKind::kCountValues ? ValueType::kString : ValueType::kScalar;
    return ExpectType(*aggregate.parameter, wanted, "aggregation parameter");
  }

  const std::string_view query_;
};

}  // namespace

Status Check(Expr& expr, std::string_view query) { return Checker(query).Visit(expr); }

}  // namespace glint::promql
