// The head of an HTTP/1.1 message, as far as the endpoint and the exporter need it.
#pragma once

#include <optional>
#include <string_view>

namespace glint::internal {

// The value of a header, without blanks around it; none where it is not there. `head` is the start
// line and the headers, each ended by CRLF. Names are compared without case.
std::optional<std::string_view> HeaderOf(std::string_view head, std::string_view name);

// Whether the two are the same but for the case of ASCII letters.
bool EqualNoCase(std::string_view a, std::string_view b);

// Without blanks and tabs at both ends.
std::string_view Trimmed(std::string_view text);

// A decimal number that is all of `text` and at most `limit`.
std::optional<size_t> ParseLength(std::string_view text, size_t limit);

}  // namespace glint::internal
