// Where in the text of a query something stands. Thread-compatible.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace glint::promql {

// Bytes [start, end) of the query.
struct PositionRange {
  uint32_t start = 0;
  uint32_t end = 0;
  bool operator==(const PositionRange&) const = default;
};

// "LINE:COLUMN", both from 1, columns in bytes.
std::string LineAndColumn(std::string_view query, uint32_t position);

}  // namespace glint::promql
