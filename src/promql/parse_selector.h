// The parts of the grammar below an expression: label matchers, lists of labels, numbers and
// durations. Thread-compatible.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/status.h"
#include "promql/ast.h"
#include "promql/token_stream.h"

namespace glint::promql {

// `name{...}`; the name is taken already, empty when there is none. `start` is where it stood.
StatusOr<std::unique_ptr<VectorSelector>> ParseVectorSelector(TokenStream& tokens, std::string name,
                                                              uint32_t start);

// `(a, "b", c)`, as after by, on and group_left.
StatusOr<std::vector<std::string>> ParseLabelList(TokenStream& tokens);

// The value of a number or duration token, in seconds for the latter.
StatusOr<double> ParseNumber(const TokenStream& tokens, const Token& token);

// What stands within brackets, up to and without ':' or ']'.
StatusOr<DurationPtr> ParseDuration(TokenStream& tokens, std::string_view context);
// After offset: one signed operand; arithmetic needs parentheses.
StatusOr<DurationPtr> ParseOffset(TokenStream& tokens);

}  // namespace glint::promql
