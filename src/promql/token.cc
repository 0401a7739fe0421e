#include "promql/token.h"

#include <fmt/format.h>

#include <algorithm>

#include "promql/quoting.h"

namespace glint::promql {
namespace {

struct Word {
  std::string_view text;
  TokenKind kind;
};
constexpr Word kWords[] = {
    {"and", TokenKind::kAnd},
    {"or", TokenKind::kOr},
    {"unless", TokenKind::kUnless},
    {"atan2", TokenKind::kAtan2},
    {"sum", TokenKind::kSum},
    {"avg", TokenKind::kAvg},
    {"count", TokenKind::kCount},
    {"min", TokenKind::kMin},
    {"max", TokenKind::kMax},
    {"group", TokenKind::kGroup},
    {"stddev", TokenKind::kStddev},
    {"stdvar", TokenKind::kStdvar},
    {"topk", TokenKind::kTopk},
    {"bottomk", TokenKind::kBottomk},
    {"count_values", TokenKind::kCountValues},
    {"quantile", TokenKind::kQuantile},
    {"limitk", TokenKind::kLimitk},
    {"limit_ratio", TokenKind::kLimitRatio},
    {"offset", TokenKind::kOffset},
    {"smoothed", TokenKind::kSmoothed},
    {"anchored", TokenKind::kAnchored},
    {"by", TokenKind::kBy},
    {"without", TokenKind::kWithout},
    {"on", TokenKind::kOn},
    {"ignoring", TokenKind::kIgnoring},
    {"group_left", TokenKind::kGroupLeft},
    {"group_right", TokenKind::kGroupRight},
    {"fill", TokenKind::kFill},
    {"fill_left", TokenKind::kFillLeft},
    {"fill_right", TokenKind::kFillRight},
    {"bool", TokenKind::kBool},
    {"start", TokenKind::kStart},
    {"end", TokenKind::kStop},
    {"step", TokenKind::kStep},
    {"range", TokenKind::kRange},
    {"inf", TokenKind::kNumber},
    {"nan", TokenKind::kNumber},
};
constexpr Word kSigns[] = {
    {"+", TokenKind::kAdd},        {"-", TokenKind::kSub},
    {"*", TokenKind::kMul},        {"/", TokenKind::kDiv},
    {"%", TokenKind::kMod},        {"^", TokenKind::kPow},
    {"==", TokenKind::kEqual},     {"!=", TokenKind::kNotEqual},
    {"<", TokenKind::kLess},       {"<=", TokenKind::kLessOrEqual},
    {">", TokenKind::kGreater},    {">=", TokenKind::kGreaterOrEqual},
    {"</", TokenKind::kTrimUpper}, {">/", TokenKind::kTrimLower},
    {"=", TokenKind::kAssign},     {"=~", TokenKind::kEqualRegex},
    {"!~", TokenKind::kNotRegex},
};

bool IsBetween(TokenKind kind, TokenKind first, TokenKind last) {
  return kind >= first && kind <= last;
}

}  // namespace

bool IsOperator(TokenKind kind) {
  return IsBetween(kind, TokenKind::kAdd, TokenKind::kAtan2) || kind == TokenKind::kEqualRegex ||
         kind == TokenKind::kNotRegex;
}
bool IsAggregator(TokenKind kind) {
  return IsBetween(kind, TokenKind::kSum, TokenKind::kLimitRatio);
}
bool IsKeyword(TokenKind kind) { return IsBetween(kind, TokenKind::kOffset, TokenKind::kRange); }
bool IsSetOperator(TokenKind kind) { return IsBetween(kind, TokenKind::kAnd, TokenKind::kUnless); }
bool IsComparison(TokenKind kind) {
  return IsBetween(kind, TokenKind::kEqual, TokenKind::kGreaterOrEqual);
}

TokenKind KindOfWord(std::string_view word) {
  std::string lower(word);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  for (const Word& known : kWords) {
    if (known.text == lower) return known.kind;
  }
  return TokenKind::kIdentifier;
}

std::string_view TextOf(TokenKind kind) {
  for (const Word& word : kWords) {
    if (word.kind == kind) return word.text;
  }
  for (const Word& sign : kSigns) {
    if (sign.kind == kind) return sign.text;
  }
  return "?";
}

std::string Describe(const Token& token) {
  switch (token.kind) {
    case TokenKind::kEnd:
      return "end of input";
    case TokenKind::kError:
      return token.text;
    case TokenKind::kIdentifier:
      return "identifier " + Quote(token.text);
    case TokenKind::kMetricIdentifier:
      return "metric identifier " + Quote(token.text);
    default:
      break;
  }
  if (IsKeyword(token.kind)) return fmt::format("<{}>", token.text);
  if (IsOperator(token.kind)) return fmt::format("<op:{}>", token.text);
  if (IsAggregator(token.kind)) return fmt::format("<aggr:{}>", token.text);
  const std::string quoted =
      token.text.size() > 10 ? Quote(token.text.substr(0, 10)) + "..." : Quote(token.text);
  switch (token.kind) {
    case TokenKind::kString:
      return "string " + quoted;
    case TokenKind::kNumber:
      return "number " + quoted;
    case TokenKind::kDuration:
      return "duration " + quoted;
    default:
      return quoted;
  }
}

}  // namespace glint::promql
