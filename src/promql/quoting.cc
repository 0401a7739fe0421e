#include "promql/quoting.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>

#include "base/utf8.h"

namespace glint::promql {
namespace {

void AppendEscaped(std::string_view character, char quote, std::string& out) {
  const auto byte = static_cast<unsigned char>(character[0]);
  if (character[0] == quote || character[0] == '\\') {
    out += '\\';
    out += character[0];
    return;
  }
  switch (character[0]) {
    case '\a':
      out += "\\a";
      return;
    case '\b':
      out += "\\b";
      return;
    case '\f':
      out += "\\f";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    case '\v':
      out += "\\v";
      return;
    default:
      break;
  }
  const bool invalid = byte >= 0x80 && character.size() == 1;
  if (byte < 0x20 || byte == 0x7f || invalid) {
    out += fmt::format("\\x{:02x}", byte);
  } else {
    out += character;
  }
}

void AppendUtf8(uint32_t code, std::string& out) {
  const auto put = [&](uint32_t bits) { out += static_cast<char>(bits); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xc0 | (code >> 6));
    put(0x80 | (code & 0x3f));
  } else if (code < 0x10000) {
    put(0xe0 | (code >> 12));
    put(0x80 | ((code >> 6) & 0x3f));
    put(0x80 | (code & 0x3f));
  } else {
    put(0xf0 | (code >> 18));
    put(0x80 | ((code >> 12) & 0x3f));
    put(0x80 | ((code >> 6) & 0x3f));
    put(0x80 | (code & 0x3f));
  }
}

int DigitOf(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return 99;
}

// `digits` digits of `base` from text[i] on, which moves past them; negative if there are fewer.
int64_t ReadDigits(std::string_view text, size_t& i, int digits, int base) {
  int64_t value = 0;
  for (int k = 0; k < digits; ++k, ++i) {
    if (i >= text.size() || DigitOf(text[i]) >= base) return -1;
    value = value * base + DigitOf(text[i]);
  }
  return value;
}

// text[i] is the character after the backslash. False: not an escape.
bool AppendEscape(std::string_view text, size_t& i, char quote, std::string& out) {
  const char c = text[i++];
  switch (c) {
    case 'a':
      out += '\a';
      return true;
    case 'b':
      out += '\b';
      return true;
    case 'f':
      out += '\f';
      return true;
    case 'n':
      out += '\n';
      return true;
    case 'r':
      out += '\r';
      return true;
    case 't':
      out += '\t';
      return true;
    case 'v':
      out += '\v';
      return true;
    case '\\':
      out += '\\';
      return true;
    case '\'':
    case '"':
      if (c != quote) return false;
      out += c;
      return true;
    case 'x': {
      const int64_t value = ReadDigits(text, i, 2, 16);
      if (value < 0) return false;
      out += static_cast<char>(value);
      return true;
    }
    case 'u':
    case 'U': {
      const int64_t value = ReadDigits(text, i, c == 'u' ? 4 : 8, 16);
      if (value < 0 || value > 0x10ffff || (value >= 0xd800 && value < 0xe000)) return false;
      AppendUtf8(static_cast<uint32_t>(value), out);
      return true;
    }
    default: {
      --i;
      const int64_t value = ReadDigits(text, i, 3, 8);
      if (value < 0 || value > 255) return false;
      out += static_cast<char>(value);
      return true;
    }
  }
}

}  // namespace

std::string Quote(std::string_view text) {
  std::string out = "\"";
  for (size_t i = 0; i < text.size();) {
    const size_t length = std::max<size_t>(1, Utf8CharLength(text.substr(i)));
    AppendEscaped(text.substr(i, length), '"', out);
    i += length;
  }
  return out + '"';
}

std::string QuoteFirstCharacter(std::string_view text) {
  std::string out = "'";
  const size_t length = Utf8CharLength(text);
  if (length == 0) {
    out += "\xef\xbf\xbd";
  } else {
    AppendEscaped(text.substr(0, length), '\'', out);
  }
  return out + '\'';
}

StatusOr<std::string> Unquote(std::string_view literal) {
  if (literal.size() < 2 || literal.front() != literal.back()) {
    return InvalidArgument("invalid syntax");
  }
  const char quote = literal.front();
  const std::string_view text = literal.substr(1, literal.size() - 2);
  if (quote == '`') return std::string(text);
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size();) {
    if (text[i] != '\\') {
      out += text[i++];
      continue;
    }
    if (++i >= text.size() || !AppendEscape(text, i, quote, out)) {
      return InvalidArgument("invalid syntax");
    }
  }
  return out;
}

std::string FormatF(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  char buffer[400];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::fixed);
  return std::string(buffer, end.ptr);
}

std::string FormatG(double value) {
  if (std::isnan(value) || std::isinf(value) || value == 0) return FormatF(value);
  char buffer[64];
  const auto end =
      std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::scientific);
  const std::string scientific(buffer, end.ptr);
  const size_t e = scientific.find('e');
  const int exponent = std::atoi(scientific.c_str() + e + 1);
  return exponent < -4 || exponent >= 6 ? scientific : FormatF(value);
}

}  // namespace glint::promql
