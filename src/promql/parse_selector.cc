#include "promql/parse_selector.h"

#include "base/utf8.h"
#include "promql/quoting.h"

namespace glint::promql {
namespace {

constexpr std::string_view kMatching = "label matching";

StatusOr<std::string> TakeString(TokenStream& tokens) {
  const Token token = tokens.Take();
  StatusOr<std::string> text = Unquote(token.text);
  if (!text.ok()) {
    return tokens.ErrorAt(token.position, fmt::format("error unquoting string {}: {}",
                                                      Quote(token.text), text.status().message()));
  }
  return text;
}

StatusOr<model::MatchOp> TakeMatchOp(TokenStream& tokens) {
  switch (tokens.Peek().kind) {
    case TokenKind::kAssign:
      tokens.Take();
      return model::MatchOp::kEqual;
    case TokenKind::kNotEqual:
      tokens.Take();
      return model::MatchOp::kNotEqual;
    case TokenKind::kEqualRegex:
      tokens.Take();
      return model::MatchOp::kRegex;
    case TokenKind::kNotRegex:
      tokens.Take();
      return model::MatchOp::kNotRegex;
    default:
      return tokens.Unexpected(kMatching, "label matching operator");
  }
}

// One item between the braces; a lone string is the metric's name.
Status ParseMatcher(TokenStream& tokens, VectorSelector& selector) {
  const Token label = tokens.Peek();
  std::string name;
  if (label.kind == TokenKind::kIdentifier) {
    name = label.text;
    tokens.Take();
  } else if (label.kind == TokenKind::kString) {
    ASSIGN_OR_RETURN(name, TakeString(tokens));
    if (tokens.At(TokenKind::kComma) || tokens.At(TokenKind::kRightBrace)) {
      if (!selector.name.empty()) {
        return tokens.ErrorAt(label.position,
                              fmt::format("metric name must not be set twice: {} or {}",
                                          Quote(selector.name), Quote(name)));
      }
      selector.name = name;
      selector.matchers.push_back(
          model::Matcher::Equal(std::string(model::kMetricName), std::move(name)));
      return OkStatus();
    }
  } else {
    return tokens.Unexpected(kMatching, "identifier or \"}\"");
  }
  ASSIGN_OR_RETURN(const model::MatchOp op, TakeMatchOp(tokens));
  if (!tokens.At(TokenKind::kString)) return tokens.Unexpected(kMatching, "string");
  const PositionRange where = {label.position.start, tokens.Peek().position.end};
  ASSIGN_OR_RETURN(std::string value, TakeString(tokens));
  StatusOr<model::Matcher> matcher = model::Matcher::Make(op, std::move(name), std::move(value));
  if (!matcher.ok()) return tokens.ErrorAt(where, matcher.status().message());
  selector.matchers.push_back(*std::move(matcher));
  return OkStatus();
}

Status ParseMatchers(TokenStream& tokens, VectorSelector& selector) {
  tokens.Take();
  while (!tokens.At(TokenKind::kRightBrace)) {
    RETURN_IF_ERROR(ParseMatcher(tokens, selector));
    if (tokens.At(TokenKind::kRightBrace)) break;
    RETURN_IF_ERROR(tokens.Expect(TokenKind::kComma, kMatching, "\",\" or \"}\""));
  }
  tokens.Take();
  return OkStatus();
}

}  // namespace

StatusOr<std::unique_ptr<VectorSelector>> ParseVectorSelector(TokenStream& tokens, std::string name,
                                                              uint32_t start) {
  auto selector = std::make_unique<VectorSelector>();
  const bool named = !name.empty();
  selector->name = std::move(name);
  if (named) {
    selector->matchers.push_back(
        model::Matcher::Equal(std::string(model::kMetricName), selector->name));
  }
  if (tokens.At(TokenKind::kLeftBrace)) RETURN_IF_ERROR(ParseMatchers(tokens, *selector));
  selector->position = {start, tokens.last_end()};
  for (size_t i = 0; i < selector->matchers.size(); ++i) {
    const model::Matcher& matcher = selector->matchers[i];
    if (named && i > 0 && matcher.name() == model::kMetricName &&
        matcher.op() == model::MatchOp::kEqual) {
      return tokens.ErrorAt(selector->position,
                            fmt::format("metric name must not be set twice: {} or {}",
                                        Quote(selector->name), Quote(matcher.value())));
    }
  }
  Complete(*selector);
  return selector;
}

StatusOr<std::vector<std::string>> ParseLabelList(TokenStream& tokens) {
  constexpr std::string_view kContext = "grouping opts";
  RETURN_IF_ERROR(tokens.Expect(TokenKind::kLeftParen, kContext, "\"(\""));
  std::vector<std::string> labels;
  while (!tokens.At(TokenKind::kRightParen)) {
    const Token token = tokens.Peek();
    if (token.kind == TokenKind::kString) {
      ASSIGN_OR_RETURN(std::string label, TakeString(tokens));
      if (label.empty() || !IsValidUtf8(label)) {
        return tokens.ErrorAt(token.position, "invalid label name for grouping: " + Quote(label));
      }
      labels.push_back(std::move(label));
    } else if (!token.text.empty() && model::IsLegacyLabelName(token.text) &&
               token.kind != TokenKind::kError) {
      labels.push_back(token.text);
      tokens.Take();
    } else {
      return tokens.Unexpected(kContext, "label");
    }
    if (tokens.At(TokenKind::kRightParen)) break;
    RETURN_IF_ERROR(tokens.Expect(TokenKind::kComma, kContext, "\",\" or \")\""));
  }
  tokens.Take();
  return labels;
}

}  // namespace glint::promql
