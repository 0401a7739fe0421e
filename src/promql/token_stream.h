// The tokens of one query, read from the front; and the errors that speak of them.
//
// Thread-compatible.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "promql/token.h"

namespace glint::promql {

class TokenStream {
 public:
  // `query` outlives this.
  explicit TokenStream(std::string_view query);

  const Token& Peek(size_t ahead = 0) const;
  bool At(TokenKind kind) const { return Peek().kind == kind; }
  const Token& Take();
  // Takes the token if it is of that kind.
  bool TakeIf(TokenKind kind);
  // Where the last token that was taken ended.
  uint32_t last_end() const { return last_end_; }

  // "1:5: parse error: message"
  Status ErrorAt(PositionRange where, std::string_view message) const;
  // The next token does not fit: "unexpected X in CONTEXT, expected Y", either part may be empty.
  // What the lexer could not read is reported as it said it.
  Status Unexpected(std::string_view context, std::string_view expected) const;
  Status Expect(TokenKind kind, std::string_view context, std::string_view expected);

 private:
  const std::string_view query_;
  std::vector<Token> tokens_;
  size_t next_ = 0;
  uint32_t last_end_ = 0;
};

}  // namespace glint::promql
