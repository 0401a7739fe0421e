// Text with numbers in it in the order a person expects: "cpu9" before "cpu10". Thread-safe.
#pragma once

#include <string_view>

namespace glint::promql {

bool NaturallyBefore(std::string_view a, std::string_view b);

}  // namespace glint::promql
