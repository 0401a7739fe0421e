// A tree as text again, in one canonical form that parses to the same tree. Thread-safe.
#pragma once

#include <string>

#include "promql/ast.h"

namespace glint::promql {

std::string Print(const Expr& expr);

}  // namespace glint::promql
