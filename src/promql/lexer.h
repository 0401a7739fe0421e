// Text of a query -> tokens.
#pragma once

#include <string_view>
#include <vector>

#include "promql/token.h"

namespace glint::promql {

// Comments and spaces are left out. The last token is kEnd, or kError where reading had to stop;
// there is no other kError. Thread-safe.
std::vector<Token> Lex(std::string_view query);

}  // namespace glint::promql
