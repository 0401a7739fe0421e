// What the head took in between two times that it was written out: rows of senders, samples beside
// them, exemplars. The current one grows; the one before it is not touched any more while it is
// being written to parts.
//
// Thread-compatible: the head's lock covers it.
#pragma once

#include <cstdint>
#include <memory>
#include <unordered_map>
#include <vector>

#include "model/time.h"
#include "storage/metric_batch.h"
#include "tsdb/exemplar_head.h"
#include "tsdb/row_head.h"
#include "tsdb/side_series.h"

namespace glint::tsdb {

// What one series has in some generations: theirs to read without the head's lock.
struct HeadView {
  struct Rows {
    std::shared_ptr<const RowsView> view;
    model::SeriesRef series;
  };
  // Older generations first, in each the rows first: of samples with one time the first counts.
  std::vector<Rows> rows_and_sides;  // `view` null: the next of `sides`.
  std::vector<SideView> sides;

  bool empty() const { return rows_and_sides.empty(); }
  // Appends what is in the range, in that order; PutInOrder() makes it one run.
  void Read(model::TimeRange range, storage::SeriesData& out) const;
};

// Views of rows that one query took, each sender's once.
using RowsViews = std::unordered_map<const RowHead*, std::shared_ptr<const RowsView>>;

class HeadGeneration {
 public:
  // Senders beyond this many do not get rows: their samples go beside them.
  static constexpr size_t kMaxSenders = 200'000;

  HeadGeneration() = default;
  // Goes on where `before` is at `now`: senders that wrote since `since` keep their columns.
  HeadGeneration(const HeadGeneration& before, model::TimeMs since, model::TimeMs now);

  // Null when the sender has none.
  RowHead* RowsOf(storage::SenderId sender) const;
  // The same, made when there is room; null when there is none.
  RowHead* MakeRows(storage::SenderId sender);
  // The sender in whose rows the series is; null when in nobody's.
  RowHead* OwnerOf(HeadSlot series) const;
  void Own(HeadSlot series, const RowHead& rows);

  SideSeries* SideOf(HeadSlot series);
  SideSeries& MakeSide(HeadSlot series) { return sides_[series]; }

  ExemplarHead& exemplars() { return exemplars_; }
  const ExemplarHead& exemplars() const { return exemplars_; }

  // Turns all rows into blocks.
  void SealRows();

  // Adds what the series has in the range to `out`.
  void AddTo(HeadSlot slot, model::SeriesRef ref, model::TimeRange range, RowsViews& views,
             HeadView& out) const;
  bool HasSampleIn(HeadSlot slot, model::SeriesRef ref, model::TimeRange range,
                   RowsViews& views) const;
  // Whether the series has a place here, with or without samples.
  bool Uses(HeadSlot series) const;
  // Series that may have samples or exemplars, ascending.
  std::vector<HeadSlot> Series() const;

  bool empty() const;
  model::TimeRange time() const;  // Of samples and exemplars; empty when there are none.
  uint64_t samples() const;
  uint64_t chunks() const;
  uint64_t bytes() const;
  // Series with a sample that was written since `since`, by the clock.
  uint64_t ActiveSeries(model::TimeMs since) const;
  // The newest of what came in rows of the series' sender; kMinTimeMs when it is in none.
  model::TimeMs NewestInRows(HeadSlot series) const;
  void NoteSideBytes(int64_t more) { side_bytes_ += static_cast<uint64_t>(more); }

 private:
  std::unordered_map<storage::SenderId, uint32_t> senders_;  // Into rows_.
  std::vector<std::unique_ptr<RowHead>> rows_;
  std::vector<uint32_t> owners_;  // By slot: into rows_, plus one; 0 is nobody.
  std::unordered_map<HeadSlot, SideSeries> sides_;
  uint64_t side_bytes_ = 0;
  ExemplarHead exemplars_;
};

}  // namespace glint::tsdb
