// What follows an expression and changes the times it looks at: offset, @, anchored, smoothed.
// Thread-compatible.
#pragma once

#include <string_view>

#include "base/status.h"
#include "promql/ast.h"
#include "promql/token_stream.h"

namespace glint::promql {

// Each begins at its keyword and changes `expr`, which it refuses if it is no selector or subquery.
Status ParseOffsetModifier(TokenStream& tokens, Expr& expr);
Status ParseAtModifier(TokenStream& tokens, Expr& expr);
Status ParseExtendedModifier(TokenStream& tokens, Expr& expr);

// Signs and a number or duration.
StatusOr<double> ParseSignedNumber(TokenStream& tokens, std::string_view context,
                                   std::string_view expected);

}  // namespace glint::promql
