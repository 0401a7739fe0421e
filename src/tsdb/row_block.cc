#include "tsdb/row_block.h"

#include <algorithm>
#include <array>

#include "base/check.h"
#include "codec/value_column.h"

namespace glint::tsdb {

RowBlock::RowBlock(std::shared_ptr<const RowLayout> layout, std::vector<model::TimeMs> times,
                   std::span<const double> rows)
    : layout_(std::move(layout)), times_(std::move(times)) {
  const size_t width = layout_->columns().size();
  CHECK(!times_.empty() && times_.size() <= kRowsPerBlock && rows.size() == width * times_.size());
  offsets_.reserve(width + 1);
  // Columns are gathered some at a time, so that a cache line of a row is read once.
  constexpr size_t kGathered = 8;
  std::array<std::array<double, kRowsPerBlock>, kGathered> values;
  for (size_t first = 0; first < width; first += kGathered) {
    const size_t gathered = std::min(kGathered, width - first);
    std::array<size_t, kGathered> counts{};
    std::array<uint64_t, kGathered> presence{};
    for (size_t row = 0; row < times_.size(); ++row) {
      const double* cells = rows.data() + row * width + first;
      for (size_t i = 0; i < gathered; ++i) {
        if (IsAbsent(cells[i])) continue;
        values[i][counts[i]++] = cells[i];
        presence[i] |= uint64_t{1} << row;
      }
    }
    for (size_t i = 0; i < gathered; ++i) {
      offsets_.push_back(static_cast<uint32_t>(bytes_.size()));
      samples_ += counts[i];
      has_empty_columns_ |= counts[i] == 0;
      if (counts[i] > 0) codec::EncodeValues({values[i].data(), counts[i]}, bytes_);
      if (presence[i] != AllRows()) {
        partial_.push_back({static_cast<uint32_t>(first + i), presence[i]});
      }
    }
  }
  offsets_.push_back(static_cast<uint32_t>(bytes_.size()));
  bytes_.shrink_to_fit();
  partial_.shrink_to_fit();
}

uint64_t RowBlock::PresenceOf(uint32_t column) const {
  const auto at =
      std::lower_bound(partial_.begin(), partial_.end(), column,
                       [](const Partial& partial, uint32_t c) { return partial.column < c; });
  return at != partial_.end() && at->column == column ? at->presence : AllRows();
}

void RowBlock::Read(uint32_t column, model::TimeRange range, storage::SeriesData& out) const {
  const uint64_t presence = PresenceOf(column);
  const auto count = static_cast<size_t>(std::popcount(presence));
  if (count == 0 || !range.Overlaps(times_.front(), times_.back())) return;
  std::array<double, kRowsPerBlock> values;
  const std::string_view bytes =
      std::string_view(bytes_).substr(offsets_[column], offsets_[column + 1] - offsets_[column]);
  // Our own bytes in our own memory.
  CHECK(codec::DecodeValues(bytes, {values.data(), count}).ok());
  const model::TimeMs start = layout_->start_times().empty() ? 0 : layout_->start_times()[column];
  size_t next = 0;
  for (size_t row = 0; row < times_.size(); ++row) {
    if ((presence >> row & 1) == 0) continue;
    const double value = values[next++];
    if (range.Contains(times_[row])) AppendSample(times_[row], value, start, out);
  }
}

uint64_t RowBlock::bytes() const {
  return sizeof *this + times_.capacity() * sizeof(model::TimeMs) +
         offsets_.capacity() * sizeof(uint32_t) + bytes_.capacity() +
         partial_.capacity() * sizeof(Partial);
}

}  // namespace glint::tsdb
