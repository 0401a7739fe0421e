#include "promql/parse_modifiers.h"

#include <cmath>

#include "promql/parse_selector.h"
#include "promql/quoting.h"

namespace glint::promql {
namespace {

TimeModifiers* ModifiersOf(Expr& expr) {
  switch (expr.kind) {
    case ExprKind::kVectorSelector:
      return &As<VectorSelector>(expr).time;
    case ExprKind::kMatrixSelector:
      return &As<MatrixSelector>(expr).vector->time;
    case ExprKind::kSubquery:
      return &As<Subquery>(expr).time;
    default:
      return nullptr;
  }
}

}  // namespace

StatusOr<double> ParseSignedNumber(TokenStream& tokens, std::string_view context,
                                   std::string_view expected) {
  double sign = 1;
  while (tokens.At(TokenKind::kAdd) || tokens.At(TokenKind::kSub)) {
    if (tokens.Take().kind == TokenKind::kSub) sign = -sign;
  }
  const Token token = tokens.Peek();
  if (token.kind != TokenKind::kNumber && token.kind != TokenKind::kDuration) {
    return tokens.Unexpected(context, expected);
  }
  tokens.Take();
  ASSIGN_OR_RETURN(const double value, ParseNumber(tokens, token));
  return sign * value;
}

Status ParseOffsetModifier(TokenStream& tokens, Expr& expr) {
  tokens.Take();
  ASSIGN_OR_RETURN(DurationPtr offset, ParseOffset(tokens));
  TimeModifiers* modifiers = ModifiersOf(expr);
  if (modifiers == nullptr) {
    return tokens.ErrorAt(expr.position,
                          "offset modifier must be preceded by an instant vector selector or "
                          "range vector selector or a subquery");
  }
  if (modifiers->offset != nullptr) {
    return tokens.ErrorAt(expr.position, "offset may not be set multiple times");
  }
  modifiers->offset = std::move(offset);
  expr.position.end = tokens.last_end();
  return OkStatus();
}

Status ParseAtModifier(TokenStream& tokens, Expr& expr) {
  tokens.Take();
  TimeModifiers::At at = TimeModifiers::At::kTime;
  double seconds = 0;
  if (tokens.At(TokenKind::kStart) || tokens.At(TokenKind::kStop)) {
    at = tokens.Take().kind == TokenKind::kStart ? TimeModifiers::At::kStart
                                                 : TimeModifiers::At::kEnd;
    RETURN_IF_ERROR(tokens.Expect(TokenKind::kLeftParen, "@", "\"(\""));
    RETURN_IF_ERROR(tokens.Expect(TokenKind::kRightParen, "@", "\")\""));
  } else {
    ASSIGN_OR_RETURN(seconds, ParseSignedNumber(tokens, "@", "timestamp"));
  }
  TimeModifiers* modifiers = ModifiersOf(expr);
  if (modifiers == nullptr) {
    return tokens.ErrorAt(expr.position,
                          "@ modifier must be preceded by an instant vector selector or range "
                          "vector selector or a subquery");
  }
  if (modifiers->at != TimeModifiers::At::kNone) {
    return tokens.ErrorAt(expr.position, "@ <timestamp> may not be set multiple times");
  }
  // Milliseconds in 64 bits, with room for offsets.
  if (!(std::abs(seconds) < 9.2e15)) {
    return tokens.ErrorAt(
        expr.position, fmt::format("timestamp out of bounds for @ modifier: {}", FormatF(seconds)));
  }
  modifiers->at = at;
  modifiers->at_time = std::llround(seconds * 1000);
  expr.position.end = tokens.last_end();
  return OkStatus();
}

Status ParseExtendedModifier(TokenStream& tokens, Expr& expr) {
  const Token token = tokens.Take();
  VectorSelector* selector = nullptr;
  if (expr.kind == ExprKind::kVectorSelector) selector = &As<VectorSelector>(expr);
  if (expr.kind == ExprKind::kMatrixSelector) selector = As<MatrixSelector>(expr).vector.get();
  const bool anchored = token.kind == TokenKind::kAnchored;
  if (selector == nullptr || (anchored && expr.kind == ExprKind::kVectorSelector)) {
    return tokens.ErrorAt(
        expr.position,
        fmt::format("{} modifier must be preceded by {}", TextOf(token.kind),
                    anchored ? "a range vector selector"
                             : "an instant vector selector or range vector selector"));
  }
  if (selector->anchored || selector->smoothed) {
    return tokens.ErrorAt(expr.position, "anchored and smoothed may not be set multiple times");
  }
  (anchored ? selector->anchored : selector->smoothed) = true;
  expr.position.end = tokens.last_end();
  return OkStatus();
}

}  // namespace glint::promql
