// Which series the columns of a sender's rows are. Immutable once shared. Thread-safe to read.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "model/series_ref.h"
#include "model/time.h"

namespace glint::tsdb {

class RowLayout {
 public:
  // `columns` are distinct. `start_times`: when each began to count, 0 for unknown; empty when the
  // sender says nothing of it.
  RowLayout(std::vector<model::SeriesRef> columns, std::vector<model::TimeMs> start_times);

  const std::vector<model::SeriesRef>& columns() const { return columns_; }
  const std::vector<model::TimeMs>& start_times() const { return start_times_; }
  std::optional<uint32_t> ColumnOf(model::SeriesRef ref) const;
  uint64_t bytes() const;

 private:
  const std::vector<model::SeriesRef> columns_;
  const std::vector<model::TimeMs> start_times_;
  std::vector<uint32_t> order_;  // Columns ascending in ref; empty when they stand so.
};

}  // namespace glint::tsdb
