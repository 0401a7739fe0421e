#include "promql/lexer.h"

#include <fmt/format.h>

#include "base/utf8.h"
#include "promql/quoting.h"

namespace glint::promql {
namespace {

bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsHexDigit(char c) { return IsDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
bool IsAlpha(char c) { return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool IsWordPart(char c) { return IsAlpha(c) || IsDigit(c); }

class Lexer {
 public:
  explicit Lexer(std::string_view query) : text_(query) {}

  std::vector<Token> Run() {
    while (tokens_.empty() ||
           (tokens_.back().kind != TokenKind::kEnd && tokens_.back().kind != TokenKind::kError)) {
      Next();
    }
    return std::move(tokens_);
  }

 private:
  char Peek(size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }
  bool AtEnd() const { return at_ >= text_.size(); }

  void Emit(TokenKind kind) {
    tokens_.push_back({kind,
                       {static_cast<uint32_t>(start_), static_cast<uint32_t>(at_)},
                       std::string(text_.substr(start_, at_ - start_))});
  }
  void Emit(TokenKind kind, size_t length) {
    at_ += length;
    Emit(kind);
  }
  void Fail(std::string message) {
    tokens_.push_back({TokenKind::kError,
                       {static_cast<uint32_t>(start_), static_cast<uint32_t>(text_.size())},
                       std::move(message)});
  }
  void FailAt(std::string_view what) {
    Fail(fmt::format("{}: {}", what, QuoteFirstCharacter(text_.substr(at_))));
  }

  void SkipBlank() {
    while (!AtEnd() && (IsSpace(Peek()) || Peek() == '#')) {
      if (Peek() == '#') {
        while (!AtEnd() && Peek() != '\n') ++at_;
      } else {
        ++at_;
      }
    }
  }

  void Next() {
    SkipBlank();
    start_ = at_;
    if (in_braces_) {
      NextInBraces();
    } else if (AtEnd()) {
      if (paren_depth_ != 0) return Fail("unclosed left parenthesis");
      if (in_brackets_) return Fail("unclosed left bracket");
      Emit(TokenKind::kEnd);
    } else {
      NextOutside();
    }
  }

  void NextOutside() {
    const char c = Peek();
    const char after = Peek(1);
    switch (c) {
      case ',':
        return Emit(TokenKind::kComma, 1);
      case '*':
        return Emit(TokenKind::kMul, 1);
      case '/':
        return Emit(TokenKind::kDiv, 1);
      case '%':
        return Emit(TokenKind::kMod, 1);
      case '+':
        return Emit(TokenKind::kAdd, 1);
      case '-':
        return Emit(TokenKind::kSub, 1);
      case '^':
        return Emit(TokenKind::kPow, 1);
      case '@':
        return Emit(TokenKind::kAt, 1);
      case '=':
        if (after == '=') return Emit(TokenKind::kEqual, 2);
        if (after == '~') {
          ++at_;
          return FailAt("unexpected character after '='");
        }
        return Emit(TokenKind::kAssign, 1);
      case '!':
        if (after == '=') return Emit(TokenKind::kNotEqual, 2);
        ++at_;
        return FailAt("unexpected character after '!'");
      case '<':
        if (after == '=') return Emit(TokenKind::kLessOrEqual, 2);
        if (after == '/') return Emit(TokenKind::kTrimUpper, 2);
        return Emit(TokenKind::kLess, 1);
      case '>':
        if (after == '=') return Emit(TokenKind::kGreaterOrEqual, 2);
        if (after == '/') return Emit(TokenKind::kTrimLower, 2);
        return Emit(TokenKind::kGreater, 1);
      case '"':
      case '\'':
      case '`':
        return LexString();
      case '(':
        ++paren_depth_;
        return Emit(TokenKind::kLeftParen, 1);
      case ')':
        if (--paren_depth_ < 0) return Fail("unexpected right parenthesis ')'");
        return Emit(TokenKind::kRightParen, 1);
      case '{':
        in_braces_ = true;
        return Emit(TokenKind::kLeftBrace, 1);
      case '[':
        if (in_brackets_) return Fail("unexpected left bracket '['");
        in_brackets_ = true;
        got_colon_ = false;
        return Emit(TokenKind::kLeftBracket, 1);
      case ']':
        if (!in_brackets_) return Fail("unexpected right bracket ']'");
        in_brackets_ = false;
        return Emit(TokenKind::kRightBracket, 1);
      default:
        break;
    }
    if (IsDigit(c) || (c == '.' && IsDigit(after))) return LexNumberOrDuration();
    if (in_brackets_ && c == ':') {
      if (got_colon_) return Fail("unexpected colon ':'");
      got_colon_ = true;
      return Emit(TokenKind::kColon, 1);
    }
    if (IsAlpha(c) || c == ':') return LexWord();
    FailAt("unexpected character");
  }

  void NextInBraces() {
    if (AtEnd()) return Fail("unexpected end of input inside braces");
    const char c = Peek();
    const char after = Peek(1);
    if (IsAlpha(c)) {
      while (IsWordPart(Peek())) ++at_;
      return Emit(TokenKind::kIdentifier);
    }
    switch (c) {
      case ',':
        return Emit(TokenKind::kComma, 1);
      case '"':
      case '\'':
      case '`':
        return LexString();
      case '=':
        if (after == '~') return Emit(TokenKind::kEqualRegex, 2);
        return Emit(TokenKind::kAssign, 1);
      case '!':
        if (after == '~') return Emit(TokenKind::kNotRegex, 2);
        if (after == '=') return Emit(TokenKind::kNotEqual, 2);
        ++at_;
        return FailAt("unexpected character after '!' inside braces");
      case '{':
        return Fail("unexpected left brace '{'");
      case '}':
        in_braces_ = false;
        return Emit(TokenKind::kRightBrace, 1);
      default:
        return FailAt("unexpected character inside braces");
    }
  }

  void LexString() {
    const char quote = Peek();
    ++at_;
    const bool raw = quote == '`';
    while (!AtEnd() && Peek() != quote && (raw || Peek() != '\n')) {
      at_ += !raw && Peek() == '\\' ? 2 : 1;
    }
    if (AtEnd() || Peek() != quote) {
      return Fail(raw ? "unterminated raw string" : "unterminated quoted string");
    }
    Emit(TokenKind::kString, 1);
  }

  // Moves past digits, which may have single underscores between them.
  void SkipDigits(bool (*is_digit)(char)) {
    while (is_digit(Peek()) || (Peek() == '_' && is_digit(Peek(1)))) ++at_;
  }

  bool SkipNumber() {
    if (Peek() == '0' && (Peek(1) == 'x' || Peek(1) == 'X')) {
      at_ += 2;
      SkipDigits(IsHexDigit);
      return !IsWordPart(Peek());
    }
    SkipDigits(IsDigit);
    if (Peek() == '.') ++at_;
    SkipDigits(IsDigit);
    if (Peek() == 'e' || Peek() == 'E') {
      const size_t sign = Peek(1) == '+' || Peek(1) == '-' ? 1 : 0;
      if (IsDigit(Peek(1 + sign))) {
        at_ += 1 + sign;
        SkipDigits(IsDigit);
      }
    }
    return !IsWordPart(Peek());
  }

  bool SkipDuration() {
    if (!IsDigit(Peek())) {  // ".5s": durations have no decimals.
      while (IsWordPart(Peek()) || Peek() == '.') ++at_;
      return false;
    }
    while (IsDigit(Peek())) {
      while (IsDigit(Peek())) ++at_;
      const char unit = Peek();
      if (unit == 'm' && Peek(1) == 's') {
        at_ += 2;
      } else if (unit == 's' || unit == 'm' || unit == 'h' || unit == 'd' || unit == 'w' ||
                 unit == 'y') {
        ++at_;
      } else {
        if (IsWordPart(unit)) ++at_;
        return false;
      }
    }
    if (!IsWordPart(Peek())) return true;
    ++at_;
    return false;
  }

  void LexNumberOrDuration() {
    if (SkipNumber()) return Emit(TokenKind::kNumber);
    at_ = start_;
    if (SkipDuration()) return Emit(TokenKind::kDuration);
    Fail("bad number or duration syntax: " + Quote(text_.substr(start_, at_ - start_)));
  }

  void LexWord() {
    while (IsWordPart(Peek()) || (!in_brackets_ && Peek() == ':')) ++at_;
    const std::string_view word = text_.substr(start_, at_ - start_);
    const TokenKind kind = KindOfWord(word);
    if (kind == TokenKind::kIdentifier && word.find(':') != std::string_view::npos) {
      return Emit(TokenKind::kMetricIdentifier);
    }
    Emit(kind);
  }

  const std::string_view text_;
  size_t at_ = 0;
  size_t start_ = 0;
  int paren_depth_ = 0;
  bool in_braces_ = false;
  bool in_brackets_ = false;
  bool got_colon_ = false;
  std::vector<Token> tokens_;
};

}  // namespace

std::vector<Token> Lex(std::string_view query) { return Lexer(query).Run(); }

}  // namespace glint::promql
