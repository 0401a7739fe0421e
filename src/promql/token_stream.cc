#include "promql/token_stream.h"

#include <algorithm>

#include "promql/lexer.h"

namespace glint::promql {

TokenStream::TokenStream(std::string_view query) : query_(query), tokens_(Lex(query)) {}

const Token& TokenStream::Peek(size_t ahead) const {
  return tokens_[std::min(next_ + ahead, tokens_.size() - 1)];
}

const Token& TokenStream::Take() {
  const Token& token = Peek();
  last_end_ = token.position.end;
  if (next_ + 1 < tokens_.size()) ++next_;
  return token;
}

bool TokenStream::TakeIf(TokenKind kind) {
  if (!At(kind)) return false;
  Take();
  return true;
}

Status TokenStream::ErrorAt(PositionRange where, std::string_view message) const {
  return InvalidArgument("{}: parse error: {}", LineAndColumn(query_, where.start), message);
}

Status TokenStream::Unexpected(std::string_view context, std::string_view expected) const {
  const Token& token = Peek();
  if (token.kind == TokenKind::kError) return ErrorAt(token.position, token.text);
  std::string message = "unexpected " + Describe(token);
  if (!context.empty()) message += fmt::format(" in {}", context);
  if (!expected.empty()) message += fmt::format(", expected {}", expected);
  return ErrorAt(token.position, message);
}

Status TokenStream::Expect(TokenKind kind, std::string_view context, std::string_view expected) {
  if (!At(kind)) return Unexpected(context, expected);
  Take();
  return OkStatus();
}

}  // namespace glint::promql
