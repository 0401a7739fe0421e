#include "api/selectors.h"

#include <algorithm>

#include "promql/engine.h"

namespace glint::api {

StatusOr<std::vector<std::vector<model::Matcher>>> ParseMatchParams(const Params& params) {
  std::vector<std::vector<model::Matcher>> sets;
  for (const std::string& text : params.All("match[]")) {
    StatusOr<std::vector<model::Matcher>> matchers = promql::ParseSelector(text);
    if (!matchers.ok()) return matchers.status().At("invalid parameter \"match[]\"");
    const bool selects_all =
        std::all_of(matchers->begin(), matchers->end(),
                    [](const model::Matcher& matcher) { return matcher.MatchesEmpty(); });
    if (selects_all) {
      return InvalidArgument(
          "invalid parameter \"match[]\": match[] must contain at least one non-empty matcher: {}",
          text);
    }
    sets.push_back(*std::move(matchers));
  }
  return sets;
}

}  // namespace glint::api
