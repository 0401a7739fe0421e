// Text of a query -> checked tree. Errors read as Prometheus': "1:5: parse error: unexpected ...".
//
// A Pratt parser by hand, so that positions and messages are exact and nesting is bounded.
// Thread-safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "model/matcher.h"
#include "promql/ast.h"

namespace glint::promql {

inline constexpr size_t kMaxQueryBytes = 1 << 20;
inline constexpr uint32_t kMaxNesting = 500;  // Levels of a tree.

// INVALID_ARGUMENT: with line, column and what was expected there.
StatusOr<ExprPtr> Parse(std::string_view query);

// One selector without time modifiers, as match[] takes it: `up{job="x"}`.
// INVALID_ARGUMENT: as above.
StatusOr<std::vector<model::Matcher>> ParseSelector(std::string_view text);

}  // namespace glint::promql
