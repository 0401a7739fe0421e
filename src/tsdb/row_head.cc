#include "tsdb/row_head.h"

#include <algorithm>
#include <cstring>

#include "base/check.h"
#include "codec/value_row.h"

namespace glint::tsdb {

using model::SeriesRef;
using model::TimeMs;

namespace {

template <typename T>
bool SameItems(std::span<const T> a, const std::vector<T>& b) {
  return a.size() == b.size() &&
         (a.empty() || std::memcmp(a.data(), b.data(), a.size() * sizeof(T)) == 0);
}

constexpr size_t kRowsBeforeShortening = 8;

uint64_t BytesOf(const Row& row) { return sizeof row + row.bytes.capacity() + 16; }

}  // namespace

std::vector<double> DecodeRows(std::span<const std::shared_ptr<const Row>> rows, size_t width) {
  std::vector<double> cells(rows.size() * width);
  for (size_t i = 0; i < rows.size(); ++i) {
    const std::span<double> row(cells.data() + i * width, rows[i]->width);
    std::fill_n(row.data() + row.size(), width - row.size(), Absent());
    std::span<const double> key;
    if (rows[i]->key != nullptr) key = *rows[i]->key;
    // Our own bytes in our own memory.
    CHECK(codec::DecodeRow(rows[i]->bytes, key, row).ok());
  }
  return cells;
}

void RowsView::DecodeRows() const {
  std::call_once(decoded_, [this] { cells_ = tsdb::DecodeRows(rows_, layout_->columns().size()); });
}

void RowsView::Read(SeriesRef series, model::TimeRange range, storage::SeriesData& out) const {
  for (const auto& block : blocks_) {
    if (!range.Overlaps(block->times().front(), block->times().back())) continue;
    if (const auto column = block->layout().ColumnOf(series)) block->Read(*column, range, out);
  }
  if (rows_.empty() || !range.Overlaps(rows_.front()->time, rows_.back()->time)) return;
  const auto column = layout_->ColumnOf(series);
  if (!column.has_value()) return;
  DecodeRows();
  const size_t width = layout_->columns().size();
  const TimeMs start = layout_->start_times().empty() ? 0 : layout_->start_times()[*column];
  for (size_t i = 0; i < rows_.size(); ++i) {
    const double value = cells_[i * width + *column];
    if (range.Contains(rows_[i]->time) && !IsAbsent(value)) {
      AppendSample(rows_[i]->time, value, start, out);
    }
  }
}

bool RowsView::HasSampleIn(SeriesRef series, model::TimeRange range) const {
  for (const auto& block : blocks_) {
    const auto& times = block->times();
    if (!range.Overlaps(times.front(), times.back())) continue;
    const auto column = block->layout().ColumnOf(series);
    if (!column.has_value()) continue;
    const uint64_t presence = block->PresenceOf(*column);
    for (size_t row = 0; row < times.size(); ++row) {
      if ((presence >> row & 1) != 0 && range.Contains(times[row])) return true;
    }
  }
  if (rows_.empty() || !range.Overlaps(rows_.front()->time, rows_.back()->time)) return false;
  const auto column = layout_->ColumnOf(series);
  if (!column.has_value()) return false;
  DecodeRows();
  const size_t width = layout_->columns().size();
  for (size_t i = 0; i < rows_.size(); ++i) {
    if (range.Contains(rows_[i]->time) && !IsAbsent(cells_[i * width + *column])) return true;
  }
  return false;
}

RowHead::RowHead(const RowHead* before) {
  if (before == nullptr) return;
  layout_ = before->layout_;
  last_time_ = before->last_time_;
  last_written = before->last_written;
}

bool RowHead::HasLayout(std::span<const SeriesRef> series,
                        std::span<const TimeMs> start_times) const {
  return layout_ != nullptr && SameItems(series, layout_->columns()) &&
         SameItems(start_times, layout_->start_times());
}

RowHead::Staged RowHead::Stage(std::span<const SeriesRef> series, std::span<const double> values,
                               std::span<const TimeMs> start_times, TimeMs time,
                               bool as_key) const {
  Staged staged;
  staged.samples = series.size();
  std::vector<double> cells;
  if (HasLayout(series, start_times)) {
    staged.layout = layout_;
    cells.assign(values.begin(), values.end());
  } else {
    staged.layout = Place(series, values, start_times, cells);
  }
  auto row = std::make_shared<Row>();
  row->time = time;
  row->width = static_cast<uint32_t>(cells.size());
  if (!as_key && IsWider(*staged.layout)) row->key = key_;
  std::span<const double> key;
  if (row->key != nullptr) key = *row->key;
  codec::EncodeRow(cells, key, row->bytes);
  row->bytes.shrink_to_fit();
  if (row->key == nullptr) {
    cells.shrink_to_fit();
    staged.key = std::make_shared<const std::vector<double>>(std::move(cells));
  }
  staged.row = std::move(row);
  return staged;
}

std::shared_ptr<const RowLayout> RowHead::Place(std::span<const SeriesRef> series,
                                                std::span<const double> values,
                                                std::span<const TimeMs> start_times,
                                                std::vector<double>& cells) const {
  std::vector<SeriesRef> columns;
  std::vector<TimeMs> starts;
  const auto fresh = [&] {
    cells.assign(values.begin(), values.end());
    columns.assign(series.begin(), series.end());
    starts.assign(start_times.begin(), start_times.end());
    return std::make_shared<const RowLayout>(std::move(columns), std::move(starts));
  };
  if (layout_ == nullptr) return fresh();
  columns = layout_->columns();
  starts = layout_->start_times();
  const size_t held = columns.size();
  cells.assign(held, Absent());
  std::vector<uint32_t> places(series.size());
  for (size_t i = 0; i < series.size(); ++i) {
    const auto column = layout_->ColumnOf(series[i]);
    places[i] = column.value_or(static_cast<uint32_t>(columns.size()));
    if (column.has_value()) {
      cells[*column] = values[i];
    } else {
      columns.push_back(series[i]);
      cells.push_back(values[i]);
    }
  }
  // What has been gone for some rows is not carried along.
  const bool is_shorter = columns.size() > series.size() && last_samples_ == series.size();
  if (is_shorter && rows_.size() >= kRowsBeforeShortening) return fresh();
  bool same_starts = true;
  if (!start_times.empty() || !starts.empty()) {
    starts.resize(columns.size());
    for (size_t i = 0; i < series.size(); ++i) {
      const TimeMs start = start_times.empty() ? 0 : start_times[i];
      same_starts &= places[i] < held && starts[places[i]] == start;
      starts[places[i]] = start;
    }
    same_starts &= starts.size() == layout_->start_times().size();
  }
  if (columns.size() == held && same_starts) return layout_;
  return std::make_shared<const RowLayout>(std::move(columns), std::move(starts));
}

bool RowHead::IsWider(const RowLayout& layout) const {
  if (layout_ == nullptr) return false;
  if (&layout == layout_.get()) return true;
  const auto& held = layout_->columns();
  return layout.start_times().empty() && layout_->start_times().empty() &&
         layout.columns().size() >= held.size() &&
         std::equal(held.begin(), held.end(), layout.columns().begin());
}

void RowHead::Apply(Staged staged) {
  if (!IsWider(*staged.layout)) Seal();
  layout_ = std::move(staged.layout);
  if (staged.key != nullptr) key_ = std::move(staged.key);
  last_time_ = staged.row->time;
  last_samples_ = staged.samples;
  samples_ += staged.samples;
  bytes_ += BytesOf(*staged.row);
  rows_.push_back(std::move(staged.row));
  if (rows_.size() == kRowsPerBlock) Seal();
}

void RowHead::Seal() {
  if (rows_.empty()) return;
  std::vector<TimeMs> times;
  for (const auto& row : rows_) {
    times.push_back(row->time);
    bytes_ -= BytesOf(*row);
  }
  const std::vector<double> cells = DecodeRows(rows_, layout_->columns().size());
  blocks_.push_back(std::make_shared<const RowBlock>(layout_, std::move(times), cells));
  bytes_ += blocks_.back()->bytes();
  rows_.clear();
  key_.reset();
  if (blocks_.back()->has_empty_columns()) layout_ = WithoutEmpty(*blocks_.back());
}

std::shared_ptr<const RowLayout> RowHead::WithoutEmpty(const RowBlock& block) const {
  std::vector<SeriesRef> columns;
  std::vector<TimeMs> starts;
  for (uint32_t i = 0; i < layout_->columns().size(); ++i) {
    if (block.PresenceOf(i) == 0) continue;
    columns.push_back(layout_->columns()[i]);
    if (!layout_->start_times().empty()) starts.push_back(layout_->start_times()[i]);
  }
  return std::make_shared<const RowLayout>(std::move(columns), std::move(starts));
}

std::shared_ptr<const RowsView> RowHead::View() const {
  return std::make_shared<const RowsView>(blocks_, layout_, rows_);
}

TimeMs RowHead::first_time() const {
  return blocks_.empty() ? rows_.front()->time : blocks_.front()->times().front();
}

}  // namespace glint::tsdb
