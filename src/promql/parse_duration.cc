#include <charconv>
#include <cmath>
#include <limits>

#include "base/duration.h"
#include "promql/parse_selector.h"
#include "promql/quoting.h"

namespace glint::promql {
namespace {

constexpr std::string_view kOperand = "number, duration, step(), or range()";
constexpr int kMaxDurationNesting = 100;

class DurationParser {
 public:
  // Directly after offset a sign takes the operand alone; elsewhere a power binds tighter.
  DurationParser(TokenStream& tokens, std::string_view context, bool in_offset)
      : tokens_(tokens), context_(context), in_offset_(in_offset) {}

  StatusOr<DurationPtr> Expression(int min_precedence) {
    ASSIGN_OR_RETURN(DurationPtr left, Operand());
    while (true) {
      const int precedence = PrecedenceOf(tokens_.Peek().kind);
      if (precedence < min_precedence || precedence == 0) return left;
      const TokenKind op = tokens_.Take().kind;
      // A power binds to the right.
      const int next = op == TokenKind::kPow ? precedence : precedence + 1;
      ASSIGN_OR_RETURN(DurationPtr right, Expression(next));
      auto node = std::make_unique<DurationExpr>();
      node->op = OpOf(op);
      node->position = {left->position.start, right->position.end};
      node->left = std::move(left);
      node->right = std::move(right);
      left = std::move(node);
      if (++operators_ > kMaxDurationNesting) return TooDeep();
    }
  }

  StatusOr<DurationPtr> Operand() {
    if (++depth_ > kMaxDurationNesting) return TooDeep();
    StatusOr<DurationPtr> operand = OperandAtDepth();
    --depth_;
    return operand;
  }

 private:
  static int PrecedenceOf(TokenKind kind) {
    switch (kind) {
      case TokenKind::kAdd:
      case TokenKind::kSub:
        return 1;
      case TokenKind::kMul:
      case TokenKind::kDiv:
      case TokenKind::kMod:
        return 2;
      case TokenKind::kPow:
        return 3;
      default:
        return 0;
    }
  }
  static DurationExpr::Op OpOf(TokenKind kind) {
    switch (kind) {
      case TokenKind::kAdd:
        return DurationExpr::Op::kAdd;
      case TokenKind::kSub:
        return DurationExpr::Op::kSub;
      case TokenKind::kMul:
        return DurationExpr::Op::kMul;
      case TokenKind::kDiv:
        return DurationExpr::Op::kDiv;
      case TokenKind::kMod:
        return DurationExpr::Op::kMod;
      default:
        return DurationExpr::Op::kPow;
    }
  }
  static std::string Lower(std::string text) {
    for (char& c : text) {
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
    }
    return text;
  }

  Status TooDeep() const {
    return tokens_.ErrorAt(
        tokens_.Peek().position,
        fmt::format("duration expression has more than {} parts", kMaxDurationNesting));
  }

  StatusOr<DurationPtr> OperandAtDepth() {
    const Token token = tokens_.Peek();
    auto node = std::make_unique<DurationExpr>();
    switch (token.kind) {
      case TokenKind::kNumber:
      case TokenKind::kDuration: {
        tokens_.Take();
        ASSIGN_OR_RETURN(node->seconds, ParseNumber(tokens_, token));
        node->written_as_duration = token.kind == TokenKind::kDuration;
        break;
      }
      case TokenKind::kAdd:
      case TokenKind::kSub: {
        tokens_.Take();
        // A sign binds looser than a power.
        ASSIGN_OR_RETURN(DurationPtr body, in_offset_ ? Operand() : Expression(3));
        if (token.kind == TokenKind::kAdd) {
          body->position.start = token.position.start;
          return body;
        }
        node->op = DurationExpr::Op::kNegate;
        node->left = std::move(body);
        break;
      }
      case TokenKind::kLeftParen: {
        tokens_.Take();
        const bool was_offset = in_offset_;
        in_offset_ = false;
        ASSIGN_OR_RETURN(node, Expression(1));
        in_offset_ = was_offset;
        RETURN_IF_ERROR(tokens_.Expect(TokenKind::kRightParen, context_, "\")\""));
        node->in_parens = true;
        break;
      }
      case TokenKind::kStep:
      case TokenKind::kRange:
        tokens_.Take();
        RETURN_IF_ERROR(tokens_.Expect(TokenKind::kLeftParen, context_, "\"(\""));
        RETURN_IF_ERROR(tokens_.Expect(TokenKind::kRightParen, context_, "\")\""));
        node->op =
            token.kind == TokenKind::kStep ? DurationExpr::Op::kStep : DurationExpr::Op::kRange;
        break;
      default: {
        const std::string word = Lower(token.text);
        const bool min_of = word == "min_of";
        if (token.kind != TokenKind::kIdentifier || (!min_of && word != "max_of")) {
          return tokens_.Unexpected(context_, kOperand);
        }
        tokens_.Take();
        const bool was_offset = in_offset_;
        in_offset_ = false;
        RETURN_IF_ERROR(tokens_.Expect(TokenKind::kLeftParen, context_, "\"(\""));
        node->op = min_of ? DurationExpr::Op::kMinOf : DurationExpr::Op::kMaxOf;
        ASSIGN_OR_RETURN(node->left, Expression(1));
        RETURN_IF_ERROR(tokens_.Expect(TokenKind::kComma, context_, "\",\""));
        ASSIGN_OR_RETURN(node->right, Expression(1));
        RETURN_IF_ERROR(tokens_.Expect(TokenKind::kRightParen, context_, "\")\""));
        in_offset_ = was_offset;
      }
    }
    node->position = {token.position.start, tokens_.last_end()};
    return node;
  }

  TokenStream& tokens_;
  const std::string_view context_;
  bool in_offset_;
  int depth_ = 0;
  int operators_ = 0;
};

}  // namespace

StatusOr<double> ParseNumber(const TokenStream& tokens, const Token& token) {
  if (token.kind == TokenKind::kDuration) {
    StatusOr<int64_t> ms = ParseDurationMs(token.text);
    if (!ms.ok()) return tokens.ErrorAt(token.position, ms.status().message());
    return static_cast<double>(*ms) / 1000;
  }
  std::string digits;
  for (const char c : token.text) {
    if (c != '_') digits += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  }
  if (digits == "inf") return std::numeric_limits<double>::infinity();
  if (digits == "nan") return std::numeric_limits<double>::quiet_NaN();
  const auto bad = [&] {
    return tokens.ErrorAt(token.position, "error parsing number: " + Quote(token.text));
  };
  if (digits.size() > 2 && digits[1] == 'x') {
    uint64_t value = 0;
    const char* end = digits.data() + digits.size();
    const auto read = std::from_chars(digits.data() + 2, end, value, 16);
    if (read.ec != std::errc() || read.ptr != end) return bad();
    return static_cast<double>(value);
  }
  double value = 0;
  const char* end = digits.data() + digits.size();
  const auto read = std::from_chars(digits.data(), end, value);
  if (read.ec == std::errc::result_out_of_range) return bad();
  if (read.ec != std::errc() || read.ptr != end) return bad();
  return value;
}

StatusOr<DurationPtr> ParseDuration(TokenStream& tokens, std::string_view context) {
  return DurationParser(tokens, context, /*in_offset=*/false).Expression(1);
}

StatusOr<DurationPtr> ParseOffset(TokenStream& tokens) {
  return DurationParser(tokens, "offset", /*in_offset=*/true).Operand();
}

}  // namespace glint::promql
