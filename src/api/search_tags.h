// Tempo's search by tags: logfmt text such as `service.name=cart http.route="/a b"` into
// predicates on spans. `name` and `service.name` and `status` and `kind` look at the span itself.
#pragma once

#include <string_view>
#include <vector>

#include "base/status.h"
#include "storage/trace_reader.h"

namespace glint::api {

// INVALID_ARGUMENT: a word without '=', or a quote that is not closed, with its position.
StatusOr<std::vector<storage::SpanPredicate>> ParseSearchTags(std::string_view text);

}  // namespace glint::api
