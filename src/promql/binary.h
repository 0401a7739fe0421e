// Operators between two expressions. Thread-compatible.
#pragma once

#include "base/status.h"
#include "promql/evaluation.h"

namespace glint::promql {

StatusOr<Value> EvalBinary(Evaluation& evaluation, const BinaryExpr& binary, const Grid& grid);

// The operator on two floats; a comparison yields 1 or 0.
double OnFloats(TokenKind op, double left, double right);
// One operator on one pair of points. A comparison that does not hold yields no point, unless with
// bool; one that holds yields the left point. What cannot be combined yields no point and an
// annotation.
Point OnPoints(const BinaryExpr& binary, const Point& left, const Point& right,
               AnnotationLog& annotations);

// Between two vectors: matching.cc.
StatusOr<Columns> MatchVectors(Evaluation& evaluation, const BinaryExpr& binary, Columns left,
                               Columns right, const Grid& grid);
// and, or, unless: set_operators.cc.
StatusOr<Columns> CombineSets(const BinaryExpr& binary, Columns left, Columns right,
                              const Grid& grid);

// The operator makes another quantity of its operands, so the metric's name no longer fits.
bool ChangesMeaning(TokenKind op);

}  // namespace glint::promql
