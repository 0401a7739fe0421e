#include "tsdb/row_layout.h"

#include <algorithm>
#include <numeric>

namespace glint::tsdb {

RowLayout::RowLayout(std::vector<model::SeriesRef> columns, std::vector<model::TimeMs> start_times)
    : columns_(std::move(columns)), start_times_(std::move(start_times)) {
  if (std::is_sorted(columns_.begin(), columns_.end())) return;
  order_.resize(columns_.size());
  std::iota(order_.begin(), order_.end(), 0);
  std::sort(order_.begin(), order_.end(),
            [this](uint32_t a, uint32_t b) { return columns_[a] < columns_[b]; });
}

std::optional<uint32_t> RowLayout::ColumnOf(model::SeriesRef ref) const {
  if (order_.empty()) {
    const auto at = std::lower_bound(columns_.begin(), columns_.end(), ref);
    if (at == columns_.end() || *at != ref) return std::nullopt;
    return static_cast<uint32_t>(at - columns_.begin());
  }
  const auto at = std::lower_bound(
      order_.begin(), order_.end(), ref,
      [this](uint32_t column, model::SeriesRef wanted) { return columns_[column] < wanted; });
  if (at == order_.end() || columns_[*at] != ref) return std::nullopt;
  return *at;
}

uint64_t RowLayout::bytes() const {
  return sizeof *this + columns_.capacity() * sizeof(model::SeriesRef) +
         start_times_.capacity() * sizeof(model::TimeMs) + order_.capacity() * sizeof(uint32_t);
}

}  // namespace glint::tsdb
