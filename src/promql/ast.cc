#include "promql/ast.h"

#include <algorithm>

namespace glint::promql {

namespace {

ValueType TypeFrom(const Expr& expr) {
  switch (expr.kind) {
    case ExprKind::kNumber:
      return ValueType::kScalar;
    case ExprKind::kString:
      return ValueType::kString;
    case ExprKind::kVectorSelector:
    case ExprKind::kAggregate:
      return ValueType::kVector;
    case ExprKind::kMatrixSelector:
    case ExprKind::kSubquery:
      return ValueType::kMatrix;
    case ExprKind::kUnary:
      return As<UnaryExpr>(expr).body->type;
    case ExprKind::kBinary: {
      const auto& binary = As<BinaryExpr>(expr);
      const bool scalar =
          binary.left->type == ValueType::kScalar && binary.right->type == ValueType::kScalar;
      return scalar ? ValueType::kScalar : ValueType::kVector;
    }
    case ExprKind::kCall:
      return As<CallExpr>(expr).function->result;
    case ExprKind::kParen:
      return As<ParenExpr>(expr).body->type;
  }
  return ValueType::kNone;
}

}  // namespace

void Complete(Expr& expr) {
  expr.type = TypeFrom(expr);
  for (const Expr* child : ChildrenOf(expr)) {
    expr.height = std::max(expr.height, child->height + 1);
  }
}

const Expr& Unwrap(const Expr& expr) {
  const Expr* inner = &expr;
  while (inner->kind == ExprKind::kParen) inner = As<ParenExpr>(*inner).body.get();
  return *inner;
}

std::vector<const Expr*> ChildrenOf(const Expr& expr) {
  switch (expr.kind) {
    case ExprKind::kNumber:
    case ExprKind::kString:
    case ExprKind::kVectorSelector:
      return {};
    case ExprKind::kMatrixSelector:
      return {As<MatrixSelector>(expr).vector.get()};
    case ExprKind::kSubquery:
      return {As<Subquery>(expr).body.get()};
    case ExprKind::kUnary:
      return {As<UnaryExpr>(expr).body.get()};
    case ExprKind::kBinary:
      return {As<BinaryExpr>(expr).left.get(), As<BinaryExpr>(expr).right.get()};
    case ExprKind::kCall: {
      std::vector<const Expr*> children;
      for (const ExprPtr& argument : As<CallExpr>(expr).arguments) {
        children.push_back(argument.get());
      }
      return children;
    }
    case ExprKind::kAggregate: {
      const auto& aggregate = As<AggregateExpr>(expr);
      if (aggregate.parameter == nullptr) return {aggregate.body.get()};
      return {aggregate.parameter.get(), aggregate.body.get()};
    }
    case ExprKind::kParen:
      return {As<ParenExpr>(expr).body.get()};
  }
  return {};
}

}  // namespace glint::promql
