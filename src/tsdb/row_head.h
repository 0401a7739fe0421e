// The rows of one sender: those that are not full yet as they came, each told by how it differs
// from a key row; the full ones as blocks of columns.
//
// A row is made (Stage), written to the log, and only then put in (Apply): what the log refused
// never happened.
//
// Thread-compatible: the head's lock covers it. What a RowsView holds never changes.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "model/series_ref.h"
#include "model/time.h"
#include "storage/metric_reader.h"
#include "tsdb/row_block.h"
#include "tsdb/row_layout.h"

namespace glint::tsdb {

struct Row {
  model::TimeMs time = 0;
  uint32_t width = 0;  // Columns; those that joined later are absent.
  std::string bytes;   // codec::EncodeRow() against `key`.
  // Null: against nothing.
  std::shared_ptr<const std::vector<double>> key;
};

// What a sender's rows were when the view was taken. Thread-safe.
class RowsView {
 public:
  RowsView(std::vector<std::shared_ptr<const RowBlock>> blocks,
           std::shared_ptr<const RowLayout> layout, std::vector<std::shared_ptr<const Row>> rows)
      : blocks_(std::move(blocks)), layout_(std::move(layout)), rows_(std::move(rows)) {}

  // Appends the samples of a series in the range, ascending.
  void Read(model::SeriesRef series, model::TimeRange range, storage::SeriesData& out) const;
  bool HasSampleIn(model::SeriesRef series, model::TimeRange range) const;

 private:
  void DecodeRows() const;

  const std::vector<std::shared_ptr<const RowBlock>> blocks_;
  const std::shared_ptr<const RowLayout> layout_;
  const std::vector<std::shared_ptr<const Row>> rows_;
  mutable std::once_flag decoded_;
  mutable std::vector<double> cells_;  // Row after row; filled by the first who needs them.
};

class RowHead {
 public:
  struct Staged {
    std::shared_ptr<const RowLayout> layout;
    std::shared_ptr<const Row> row;
    // Not null: the row is the next ones' key.
    std::shared_ptr<const std::vector<double>> key;
    size_t samples = 0;
  };

  // Begins empty, with the columns that `before` had last (may be null). last_time() goes on.
  explicit RowHead(const RowHead* before);

  // Whether these are the columns of the last row, in that order.
  bool HasLayout(std::span<const model::SeriesRef> series,
                 std::span<const model::TimeMs> start_times) const;

  // A row of these series. Columns that they lack are absent; new ones begin. With `as_key` it is
  // told by nothing but itself.
  // `start_times`: as long as `series`, or empty where all are unknown.
  // REQUIRES: series distinct, no value is Absent(), time > last_time().
  Staged Stage(std::span<const model::SeriesRef> series, std::span<const double> values,
               std::span<const model::TimeMs> start_times, model::TimeMs time, bool as_key) const;
  // REQUIRES: nothing was applied since it was staged.
  void Apply(Staged staged);

  std::shared_ptr<const RowsView> View() const;
  // Turns the open rows into a block too.
  void Seal();

  const RowLayout& layout() const { return *layout_; }
  bool has_layout() const { return layout_ != nullptr; }
  bool empty() const { return rows_.empty() && blocks_.empty(); }
  model::TimeMs first_time() const;  // REQUIRES: not empty.
  model::TimeMs last_time() const { return last_time_; }
  size_t last_samples() const { return last_samples_; }  // Of the last row.
  uint64_t samples() const { return samples_; }
  uint64_t chunks() const { return blocks_.size(); }
  uint64_t bytes() const { return bytes_; }

  // By the clock.
  model::TimeMs last_written = 0;
  // Of the log: the one in which the next row may refer to this layout and key.
  uint64_t logged_segment = 0;
  uint64_t logged_layout = 0;  // Its number there.
  uint64_t logged_key = 0;     // The number of the key.
  // Somebody else writes to a series of this sender too.
  bool contested = false;
  uint32_t index = 0;  // Among the rows of its generation.

 private:
  // Values in their columns: of the layout, of a wider one, or of another.
  std::shared_ptr<const RowLayout> Place(std::span<const model::SeriesRef> series,
                                         std::span<const double> values,
                                         std::span<const model::TimeMs> start_times,
                                         std::vector<double>& cells) const;
  // Whether it is ours, or ours and more at the end.
  bool IsWider(const RowLayout& layout) const;
  // The columns of the layout but those that the last block had in no row.
  std::shared_ptr<const RowLayout> WithoutEmpty(const RowBlock& block) const;

  std::shared_ptr<const RowLayout> layout_;
  std::shared_ptr<const std::vector<double>> key_;  // As wide as the layout, or narrower.
  std::vector<std::shared_ptr<const Row>> rows_;
  std::vector<std::shared_ptr<const RowBlock>> blocks_;
  model::TimeMs last_time_ = model::kMinTimeMs;
  size_t last_samples_ = 0;
  uint64_t samples_ = 0;
  uint64_t bytes_ = 0;
};

// The rows, decoded one after the other, each `width` wide.
std::vector<double> DecodeRows(std::span<const std::shared_ptr<const Row>> rows, size_t width);

}  // namespace glint::tsdb
