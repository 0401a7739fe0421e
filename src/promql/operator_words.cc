#include "promql/operator_words.h"

namespace glint::promql {

int PrecedenceOf(TokenKind kind) {
  switch (kind) {
    case TokenKind::kOr:
      return 1;
    case TokenKind::kAnd:
    case TokenKind::kUnless:
      return 2;
    case TokenKind::kEqual:
    case TokenKind::kNotEqual:
    case TokenKind::kLess:
    case TokenKind::kLessOrEqual:
    case TokenKind::kGreater:
    case TokenKind::kGreaterOrEqual:
    case TokenKind::kTrimUpper:
    case TokenKind::kTrimLower:
      return 3;
    case TokenKind::kAdd:
    case TokenKind::kSub:
      return 4;
    case TokenKind::kMul:
    case TokenKind::kDiv:
    case TokenKind::kMod:
    case TokenKind::kAtan2:
      return 5;
    case TokenKind::kPow:
      return kPowerPrecedence;
    default:
      return 0;
  }
}

// Words of the language that may also name a metric.
bool MayNameMetric(TokenKind kind) {
  switch (kind) {
    case TokenKind::kIdentifier:
    case TokenKind::kMetricIdentifier:
    case TokenKind::kAnd:
    case TokenKind::kOr:
    case TokenKind::kUnless:
    case TokenKind::kBool:
    case TokenKind::kBy:
    case TokenKind::kWithout:
    case TokenKind::kOffset:
    case TokenKind::kSmoothed:
    case TokenKind::kAnchored:
    case TokenKind::kFill:
    case TokenKind::kFillLeft:
    case TokenKind::kFillRight:
    case TokenKind::kStart:
    case TokenKind::kStop:
    case TokenKind::kStep:
    case TokenKind::kRange:
      return true;
    default:
      return IsAggregator(kind);
  }
}

bool MayNameFunction(TokenKind kind) {
  return kind == TokenKind::kIdentifier || kind == TokenKind::kStart || kind == TokenKind::kStop ||
         kind == TokenKind::kStep || kind == TokenKind::kRange;
}

bool TakesParameter(TokenKind op) {
  return op == TokenKind::kTopk || op == TokenKind::kBottomk || op == TokenKind::kCountValues ||
         op == TokenKind::kQuantile || op == TokenKind::kLimitk || op == TokenKind::kLimitRatio;
}

}  // namespace glint::promql
