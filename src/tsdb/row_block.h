// Rows of one sender that are full, turned into columns: each series' values in few bytes, one
// column of times for all of them. Immutable. Thread-safe.
#pragma once

#include <bit>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "model/time.h"
#include "storage/metric_reader.h"
#include "tsdb/row_layout.h"

namespace glint::tsdb {

// In a row, a column whose series is not in that scrape. No value has these bits: one that comes
// with them is stored beside the rows.
inline constexpr uint64_t kAbsentBits = 0x7ff4'676c'696e'7401;
inline double Absent() { return std::bit_cast<double>(kAbsentBits); }
inline bool IsAbsent(double value) { return std::bit_cast<uint64_t>(value) == kAbsentBits; }

// A bit a row says where a column is present.
inline constexpr size_t kRowsPerBlock = 64;

class RowBlock {
 public:
  // `rows` row after row, as wide as the layout. REQUIRES: 1 to kRowsPerBlock times, ascending.
  RowBlock(std::shared_ptr<const RowLayout> layout, std::vector<model::TimeMs> times,
           std::span<const double> rows);

  const RowLayout& layout() const { return *layout_; }
  const std::vector<model::TimeMs>& times() const { return times_; }
  // Rows of `column` that are there, a bit each.
  uint64_t PresenceOf(uint32_t column) const;

  // Appends what `column` has in the range.
  void Read(uint32_t column, model::TimeRange range, storage::SeriesData& out) const;

  // Columns that are in no row.
  bool has_empty_columns() const { return has_empty_columns_; }
  uint64_t samples() const { return samples_; }
  uint64_t bytes() const;  // Without the layout.

 private:
  struct Partial {
    uint32_t column;
    uint64_t presence;
  };
  uint64_t AllRows() const {
    return times_.size() == 64 ? ~uint64_t{0} : (uint64_t{1} << times_.size()) - 1;
  }

  const std::shared_ptr<const RowLayout> layout_;
  const std::vector<model::TimeMs> times_;
  std::vector<uint32_t> offsets_;  // Of each column in bytes_, and the end.
  std::string bytes_;              // codec::EncodeValues() of what is present.
  std::vector<Partial> partial_;   // Ascending in column: those that are not in every row.
  bool has_empty_columns_ = false;
  uint64_t samples_ = 0;
};

// Appends one sample to the columns of `out`; start times begin with the first that is known.
inline void AppendSample(model::TimeMs time, double value, model::TimeMs start_time,
                         storage::SeriesData& out) {
  if (start_time != 0 && out.start_times.empty()) out.start_times.resize(out.times.size());
  if (start_time != 0 || !out.start_times.empty()) out.start_times.push_back(start_time);
  out.times.push_back(time);
  out.values.push_back(value);
}

}  // namespace glint::tsdb
