// match[]: series selectors in parameters.
#pragma once

#include <vector>

#include "api/params.h"
#include "base/status.h"
#include "model/matcher.h"

namespace glint::api {

// One set of matchers for each match[]. INVALID_ARGUMENT: with what is wrong in which.
StatusOr<std::vector<std::vector<model::Matcher>>> ParseMatchParams(const Params& params);

}  // namespace glint::api
