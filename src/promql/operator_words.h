// What a word may be where an expression is expected, and how tightly operators bind.
// Thread-safe.
#pragma once

#include "promql/token.h"

namespace glint::promql {

inline constexpr int kPowerPrecedence = 6;  // The tightest, and the only one that binds right.

// From 1; 0: no operator between two expressions.
int PrecedenceOf(TokenKind kind);
// Words of the language that may also name a metric.
bool MayNameMetric(TokenKind kind);
bool MayNameFunction(TokenKind kind);
// Whether an aggregator has a parameter before its vector.
bool TakesParameter(TokenKind op);

}  // namespace glint::promql
