// What the grammar allows and the language does not: types of arguments and operands. Also marks
// what is the same at each step of a query.
//
// Thread-safe on distinct trees.
#pragma once

#include <string_view>

#include "base/status.h"
#include "promql/ast.h"

namespace glint::promql {

// INVALID_ARGUMENT: the first thing that does not fit, with its line and column in `query`.
Status Check(Expr& expr, std::string_view query);

}  // namespace glint::promql
