#include "promql/position.h"

#include <fmt/format.h>

#include <algorithm>

namespace glint::promql {

std::string LineAndColumn(std::string_view query, uint32_t position) {
  const std::string_view before = query.substr(0, std::min<size_t>(position, query.size()));
  const auto line = 1 + std::count(before.begin(), before.end(), '\n');
  const size_t last_break = before.rfind('\n');
  const size_t column = last_break == std::string_view::npos ? position : position - last_break - 1;
  return fmt::format("{}:{}", line, column + 1);
}

}  // namespace glint::promql
