#include "promql/parser.h"

#include "promql/check.h"
#include "promql/operator_words.h"
#include "promql/parse_modifiers.h"
#include "promql/parse_selector.h"
#include "promql/quoting.h"
#include "promql/token_stream.h"

namespace glint::promql {
namespace {

constexpr std::string_view kRangeContext = "subquery or range selector";

class Parser {
 public:
  explicit Parser(std::string_view query) : tokens_(query) {}

  StatusOr<ExprPtr> Run() {
    if (tokens_.At(TokenKind::kEnd)) {
      return tokens_.ErrorAt(tokens_.Peek().position, "no expression found in input");
    }
    ASSIGN_OR_RETURN(ExprPtr expr, Expression(1));
    if (!tokens_.At(TokenKind::kEnd)) return tokens_.Unexpected("", "");
    return expr;
  }

 private:
  // Type, height and the limit on the latter.
  StatusOr<ExprPtr> Finish(ExprPtr expr) {
    Complete(*expr);
    if (expr->height > kMaxNesting) return TooDeep(expr->position);
    return expr;
  }
  Status TooDeep(PositionRange where) const {
    return tokens_.ErrorAt(
        where, fmt::format("expression is nested more than {} levels deep", kMaxNesting));
  }

  StatusOr<ExprPtr> Expression(int min_precedence) {
    if (++depth_ > kMaxNesting) return TooDeep(tokens_.Peek().position);
    StatusOr<ExprPtr> expr = ExpressionAtDepth(min_precedence);
    --depth_;
    return expr;
  }

  StatusOr<ExprPtr> ExpressionAtDepth(int min_precedence) {
    ASSIGN_OR_RETURN(ExprPtr left, Unary());
    while (true) {
      const int precedence = PrecedenceOf(tokens_.Peek().kind);
      if (precedence == 0 || precedence < min_precedence) return left;
      auto binary = std::make_unique<BinaryExpr>();
      binary->op = tokens_.Take().kind;
      RETURN_IF_ERROR(BinaryModifiers(*binary));
      const bool right_bound = binary->op == TokenKind::kPow;
      ASSIGN_OR_RETURN(binary->right, Expression(right_bound ? precedence : precedence + 1));
      binary->position = {left->position.start, binary->right->position.end};
      binary->left = std::move(left);
      ASSIGN_OR_RETURN(left, Finish(std::move(binary)));
    }
  }

  Status BinaryModifiers(BinaryExpr& binary) {
    binary.return_bool = tokens_.TakeIf(TokenKind::kBool);
    VectorMatching& matching = binary.matching;
    if (tokens_.At(TokenKind::kOn) || tokens_.At(TokenKind::kIgnoring)) {
      matching.on = tokens_.Take().kind == TokenKind::kOn;
      ASSIGN_OR_RETURN(matching.labels, ParseLabelList(tokens_));
      if (tokens_.At(TokenKind::kGroupLeft) || tokens_.At(TokenKind::kGroupRight)) {
        matching.cardinality = tokens_.Take().kind == TokenKind::kGroupLeft
                                   ? Cardinality::kManyToOne
                                   : Cardinality::kOneToMany;
        if (tokens_.At(TokenKind::kLeftParen)) {
          ASSIGN_OR_RETURN(matching.include, ParseLabelList(tokens_));
        }
      }
    }
    return FillModifiers(matching);
  }

  Status FillModifiers(VectorMatching& matching) {
    while (tokens_.Peek(1).kind == TokenKind::kLeftParen) {
      const TokenKind kind = tokens_.Peek().kind;
      const bool both = kind == TokenKind::kFill;
      if (!both && kind != TokenKind::kFillLeft && kind != TokenKind::kFillRight) break;
      const bool left = both || kind == TokenKind::kFillLeft;
      const bool right = both || kind == TokenKind::kFillRight;
      if ((left && matching.fill_left) || (right && matching.fill_right)) {
        return tokens_.Unexpected("", "");
      }
      tokens_.Take();
      tokens_.Take();
      ASSIGN_OR_RETURN(const double value, ParseSignedNumber(tokens_, "fill", "number"));
      RETURN_IF_ERROR(tokens_.Expect(TokenKind::kRightParen, "fill", "\")\""));
      if (left) matching.fill_left = value;
      if (right) matching.fill_right = value;
    }
    return OkStatus();
  }

  StatusOr<ExprPtr> Unary() {
    if (!tokens_.At(TokenKind::kAdd) && !tokens_.At(TokenKind::kSub)) return Postfix();
    const Token sign = tokens_.Take();
    ASSIGN_OR_RETURN(ExprPtr body, Expression(kPowerPrecedence));
    const PositionRange position = {sign.position.start, body->position.end};
    if (body->kind == ExprKind::kNumber) {
      if (sign.kind == TokenKind::kSub) As<NumberLiteral>(*body).value *= -1;
      body->position = position;
      return body;
    }
    auto unary = std::make_unique<UnaryExpr>();
    unary->op = sign.kind;
    unary->body = std::move(body);
    unary->position = position;
    return Finish(std::move(unary));
  }

  StatusOr<ExprPtr> Postfix() {
    ASSIGN_OR_RETURN(ExprPtr expr, Primary());
    while (true) {
      switch (tokens_.Peek().kind) {
        case TokenKind::kLeftBracket: {
          ASSIGN_OR_RETURN(expr, Range(std::move(expr)));
          break;
        }
        case TokenKind::kOffset:
          RETURN_IF_ERROR(ParseOffsetModifier(tokens_, *expr));
          break;
        case TokenKind::kAt:
          RETURN_IF_ERROR(ParseAtModifier(tokens_, *expr));
          break;
        case TokenKind::kAnchored:
        case TokenKind::kSmoothed:
          RETURN_IF_ERROR(ParseExtendedModifier(tokens_, *expr));
          break;
        default:
          return expr;
      }
    }
  }

  StatusOr<ExprPtr> Primary() {
    const Token token = tokens_.Peek();
    const bool call = tokens_.Peek(1).kind == TokenKind::kLeftParen;
    if (IsAggregator(token.kind) && (call || tokens_.Peek(1).kind == TokenKind::kBy ||
                                     tokens_.Peek(1).kind == TokenKind::kWithout)) {
      return Aggregate();
    }
    if (call && MayNameFunction(token.kind)) return Call();
    if (MayNameMetric(token.kind)) {
      tokens_.Take();
      ASSIGN_OR_RETURN(ExprPtr selector,
                       ParseVectorSelector(tokens_, token.text, token.position.start));
      return selector;
    }
    switch (token.kind) {
      case TokenKind::kLeftBrace: {
        ASSIGN_OR_RETURN(ExprPtr selector, ParseVectorSelector(tokens_, "", token.position.start));
        return selector;
      }
      case TokenKind::kNumber:
      case TokenKind::kDuration: {
        auto number = std::make_unique<NumberLiteral>();
        tokens_.Take();
        ASSIGN_OR_RETURN(number->value, ParseNumber(tokens_, token));
        number->written_as_duration = token.kind == TokenKind::kDuration;
        number->position = token.position;
        return Finish(std::move(number));
      }
      case TokenKind::kString: {
        auto string = std::make_unique<StringLiteral>();
        tokens_.Take();
        StatusOr<std::string> text = Unquote(token.text);
        if (!text.ok()) {
          return tokens_.ErrorAt(token.position,
                                 fmt::format("error unquoting string {}: {}", Quote(token.text),
                                             text.status().message()));
        }
        string->value = *std::move(text);
        string->position = token.position;
        return Finish(std::move(string));
      }
      case TokenKind::kLeftParen: {
        auto paren = std::make_unique<ParenExpr>();
        tokens_.Take();
        ASSIGN_OR_RETURN(paren->body, Expression(1));
        RETURN_IF_ERROR(tokens_.Expect(TokenKind::kRightParen, "", ""));
        paren->position = {token.position.start, tokens_.last_end()};
        return Finish(std::move(paren));
      }
      default:
        return tokens_.Unexpected("", "");
    }
  }

  StatusOr<std::vector<ExprPtr>> Arguments() {
    RETURN_IF_ERROR(tokens_.Expect(TokenKind::kLeftParen, "", ""));
    std::vector<ExprPtr> arguments;
    if (tokens_.TakeIf(TokenKind::kRightParen)) return arguments;
    while (true) {
      ASSIGN_OR_RETURN(ExprPtr argument, Expression(1));
      arguments.push_back(std::move(argument));
      if (tokens_.TakeIf(TokenKind::kRightParen)) return arguments;
      RETURN_IF_ERROR(tokens_.Expect(TokenKind::kComma, "", ""));
      if (tokens_.At(TokenKind::kRightParen)) {
        return tokens_.ErrorAt(tokens_.Peek().position,
                               "trailing commas not allowed in function call args");
      }
    }
  }

  StatusOr<ExprPtr> Call() {
    const Token name = tokens_.Take();
    auto call = std::make_unique<CallExpr>();
    call->function = FindFunction(name.text);
    if (call->function == nullptr && name.kind != TokenKind::kIdentifier) {
      call->function = FindFunction(TextOf(name.kind));
    }
    if (call->function == nullptr) {
      return tokens_.ErrorAt(name.position, "unknown function with name " + Quote(name.text));
    }
    ASSIGN_OR_RETURN(call->arguments, Arguments());
    call->position = {name.position.start, tokens_.last_end()};
    return Finish(std::move(call));
  }

  Status Grouping(AggregateExpr& aggregate) {
    aggregate.without = tokens_.Take().kind == TokenKind::kWithout;
    ASSIGN_OR_RETURN(aggregate.grouping, ParseLabelList(tokens_));
    return OkStatus();
  }
  bool AtGrouping() const { return tokens_.At(TokenKind::kBy) || tokens_.At(TokenKind::kWithout); }

  StatusOr<ExprPtr> Aggregate() {
    const Token op = tokens_.Take();
    auto aggregate = std::make_unique<AggregateExpr>();
    aggregate->op = op.kind;
    const bool grouped = AtGrouping();
    if (grouped) RETURN_IF_ERROR(Grouping(*aggregate));
    ASSIGN_OR_RETURN(std::vector<ExprPtr> arguments, Arguments());
    if (!grouped && AtGrouping()) RETURN_IF_ERROR(Grouping(*aggregate));
    aggregate->position = {op.position.start, tokens_.last_end()};
    if (arguments.empty()) {
      return tokens_.ErrorAt(aggregate->position, "no arguments for aggregate expression provided");
    }
    const size_t wanted = TakesParameter(op.kind) ? 2 : 1;
    if (arguments.size() != wanted) {
      return tokens_.ErrorAt(
          aggregate->position,
          fmt::format("wrong number of arguments for aggregate expression provided, expected {}, "
                      "got {}",
                      wanted, arguments.size()));
    }
    if (wanted == 2) aggregate->parameter = std::move(arguments[0]);
    aggregate->body = std::move(arguments.back());
    return Finish(std::move(aggregate));
  }

  // Literals alone are known now; the rest is checked when the query's times are.
  Status CheckPositive(const DurationExpr& duration) const {
    if (duration.op == DurationExpr::Op::kLiteral && !(duration.seconds * 1000 >= 1)) {
      return tokens_.ErrorAt(duration.position, "duration must be greater than 0");
    }
    return OkStatus();
  }

  StatusOr<ExprPtr> Range(ExprPtr body) {
    tokens_.Take();
    ASSIGN_OR_RETURN(DurationPtr range, ParseDuration(tokens_, kRangeContext));
    RETURN_IF_ERROR(CheckPositive(*range));
    if (tokens_.TakeIf(TokenKind::kColon)) {
      return SubqueryOf(std::move(body), std::move(range));
    }
    RETURN_IF_ERROR(tokens_.Expect(TokenKind::kRightBracket, kRangeContext, "\":\" or \"]\""));
    if (body->kind != ExprKind::kVectorSelector) {
      return tokens_.ErrorAt(body->position, "ranges only allowed for vector selectors");
    }
    auto matrix = std::make_unique<MatrixSelector>();
    matrix->position = {body->position.start, tokens_.last_end()};
    matrix->vector.reset(static_cast<VectorSelector*>(body.release()));
    matrix->range = std::move(range);
    if (matrix->vector->time.offset != nullptr) {
      return tokens_.ErrorAt(matrix->position, "no offset modifiers allowed before range");
    }
    if (matrix->vector->time.at != TimeModifiers::At::kNone) {
      return tokens_.ErrorAt(matrix->position, "no @ modifiers allowed before range");
    }
    return Finish(std::move(matrix));
  }

  StatusOr<ExprPtr> SubqueryOf(ExprPtr body, DurationPtr range) {
    auto subquery = std::make_unique<Subquery>();
    subquery->range = std::move(range);
    if (!tokens_.At(TokenKind::kRightBracket)) {
      ASSIGN_OR_RETURN(subquery->step, ParseDuration(tokens_, "subquery selector"));
      RETURN_IF_ERROR(CheckPositive(*subquery->step));
    }
    RETURN_IF_ERROR(tokens_.Expect(TokenKind::kRightBracket, "subquery selector", "\"]\""));
    subquery->position = {body->position.start, tokens_.last_end()};
    subquery->body = std::move(body);
    return Finish(std::move(subquery));
  }

  TokenStream tokens_;
  uint32_t depth_ = 0;
};

}  // namespace

StatusOr<ExprPtr> Parse(std::string_view query) {
  if (query.size() > kMaxQueryBytes) {
    return InvalidArgument("query is {} bytes long, at most {} are allowed", query.size(),
                           kMaxQueryBytes);
  }
  ASSIGN_OR_RETURN(ExprPtr expr, Parser(query).Run());
  RETURN_IF_ERROR(Check(*expr, query));
  return expr;
}

StatusOr<std::vector<model::Matcher>> ParseSelector(std::string_view text) {
  ASSIGN_OR_RETURN(const ExprPtr expr, Parse(text));
  if (expr->kind != ExprKind::kVectorSelector) {
    return InvalidArgument("1:1: parse error: expected a series selector, got {}",
                           Describe(expr->type));
  }
  const auto& selector = As<VectorSelector>(*expr);
  if (selector.time.at != TimeModifiers::At::kNone || selector.time.offset != nullptr) {
    return InvalidArgument("1:1: parse error: a series selector takes no offset and no @");
  }
  return selector.matchers;
}

}  // namespace glint::promql
