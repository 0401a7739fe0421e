// The words of PromQL. Thread-compatible.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "promql/position.h"

namespace glint::promql {

enum class TokenKind : uint8_t {
  kError,  // What the lexer could not read; `text` is then the message.
  kEnd,
  kIdentifier,
  kMetricIdentifier,  // With a colon.
  kString,
  kNumber,
  kDuration,
  kLeftParen,
  kRightParen,
  kLeftBrace,
  kRightBrace,
  kLeftBracket,
  kRightBracket,
  kComma,
  kColon,
  kAt,
  kAssign,  // "=", only between braces.
  kEqualRegex,
  kNotRegex,
  // Operators.
  kAdd,
  kSub,
  kMul,
  kDiv,
  kMod,
  kPow,
  kEqual,  // "=="
  kNotEqual,
  kLess,
  kLessOrEqual,
  kGreater,
  kGreaterOrEqual,
  kTrimUpper,  // "</"
  kTrimLower,  // ">/"
  kAnd,
  kOr,
  kUnless,
  kAtan2,
  // Aggregators.
  kSum,
  kAvg,
  kCount,
  kMin,
  kMax,
  kGroup,
  kStddev,
  kStdvar,
  kTopk,
  kBottomk,
  kCountValues,
  kQuantile,
  kLimitk,
  kLimitRatio,
  // Keywords.
  kOffset,
  kSmoothed,
  kAnchored,
  kBy,
  kWithout,
  kOn,
  kIgnoring,
  kGroupLeft,
  kGroupRight,
  kFill,
  kFillLeft,
  kFillRight,
  kBool,
  kStart,
  kStop,  // "end"
  kStep,
  kRange,
};

struct Token {
  TokenKind kind = TokenKind::kEnd;
  PositionRange position;
  std::string text;
};

bool IsOperator(TokenKind kind);
bool IsAggregator(TokenKind kind);
bool IsKeyword(TokenKind kind);
bool IsSetOperator(TokenKind kind);
bool IsComparison(TokenKind kind);

// The keyword, word operator, aggregator or number word that `word` is in any case, else
// kIdentifier.
TokenKind KindOfWord(std::string_view word);
// As written in a query: "sum", "==", "atan2".
std::string_view TextOf(TokenKind kind);
// As messages name it: `<op:*>`, `<aggr:sum>`, `<by>`, `identifier "b"`, `"}"`, `end of input`.
std::string Describe(const Token& token);

}  // namespace glint::promql
