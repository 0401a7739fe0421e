// Small pieces of HTTP's grammar that server and client share. Thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace glint::net {

// ASCII letters only, as HTTP compares header names and tokens.
bool EqualIgnoringCase(std::string_view a, std::string_view b);

// Whether an Accept-Encoding header takes gzip: named (or "*") with a weight that is not 0.
bool AcceptsGzip(std::string_view accept_encoding);

// "OK", "Not Found"; empty for a number that has no phrase.
std::string_view ReasonPhrase(int status);

// "Sun, 22 Nov 2026 10:31:07 GMT".
std::string HttpDate(int64_t unix_seconds);

// Line breaks become blanks, so that a value cannot add headers of its own.
std::string HeaderValue(std::string_view text);

}  // namespace glint::net
