// What stays of an exemplar that comes: the door of the head.
#include <algorithm>

#include "storage/same_bits.h"
#include "tsdb/exemplar_head.h"

namespace glint::tsdb {

using model::Exemplar;
using model::TimeMs;

bool ExemplarHead::Equals(uint32_t number, const Exemplar& exemplar) const {
  const ExemplarRow& row = rows_.At(number);
  return row.time == exemplar.time && storage::SameBits(row.value, exemplar.value) &&
         row.trace_id == exemplar.trace_id && row.span_id == exemplar.span_id &&
         sets_.At(row.labels) == exemplar.labels;
}

ExemplarHead::Put ExemplarHead::Add(HeadSlot series, const Exemplar& exemplar, TimeMs now) {
  SeriesList& list = ListOf(series);
  RowList& rows = list.rows;
  size_t place = rows.size();
  if (place > 0 && TimeAt(rows, place - 1) > exemplar.time) {
    const auto found =
        std::upper_bound(rows.begin(), rows.end(), exemplar.time,
                         [this](TimeMs time, uint32_t n) { return time < rows_.At(n).time; });
    place = static_cast<size_t>(found - rows.begin());
  }
  size_t same_time = 0;
  while (same_time < place && TimeAt(rows, place - 1 - same_time) == exemplar.time) {
    if (Equals(rows[place - 1 - same_time], exemplar)) return Put::kRepeated;
    ++same_time;
  }
  if (list.newest_gone_time == exemplar.time &&
      list.newest_gone == Fingerprint(exemplar.time, exemplar.value, exemplar.trace_id,
                                      exemplar.span_id, exemplar.labels)) {
    return Put::kRepeated;
  }
  with_some_ += rows.empty();
  uint64_t& arrived = ArrivedIn(CellOf(exemplar.time, kHourMs));
  const ThinningStage stage =
      StageAt(exemplar.time, now, {.per_hour = ++arrived, .series = with_some_});
  if (!stage.keeps_all) {
    AddThinned(rows, place, exemplar, stage);
  } else if (same_time < kMaxAtOneTime) {
    Insert(rows, place, exemplar);
  } else {
    const ThinningPoint point{exemplar.time, exemplar.value,
                              IdsHash(exemplar.trace_id, exemplar.span_id)};
    if (IsLarger(point, PointOf(rows[place - 1]))) Replace(rows[place - 1], exemplar);
    ++thinned_;
  }
  return Put::kStored;
}

void ExemplarHead::AddThinned(RowList& rows, size_t place, const Exemplar& exemplar,
                              const ThinningStage& stage) {
  const int64_t cell = CellOf(exemplar.time, stage.cell_ms);
  const auto in_cell = [&](size_t i) { return CellOf(TimeAt(rows, i), stage.cell_ms) == cell; };
  const bool is_last = place == rows.size();
  if (stage.slots == 0 && is_last && place > 0 && in_cell(place - 1) &&
      (place == 1 || !in_cell(place - 2))) {
    const ThinningPoint point{exemplar.time, exemplar.value,
                              IdsHash(exemplar.trace_id, exemplar.span_id)};
    if (IsLarger(point, PointOf(rows[place - 1]))) Replace(rows[place - 1], exemplar);
    ++thinned_;
    return;
  }
  Insert(rows, place, exemplar);
  // Room for as many again, so that each has to be looked at once or twice only.
  const size_t allowed = stage.slots == 0 ? 1 : 2 * (size_t{stage.slots} + 1);
  if (is_last && (rows.size() <= allowed || !in_cell(rows.size() - 1 - allowed))) return;
  const auto first = std::partition_point(rows.begin(), rows.end(), [&](uint32_t number) {
    return CellOf(rows_.At(number).time, stage.cell_ms) < cell;
  });
  const auto last = std::partition_point(first, rows.end(), [&](uint32_t number) {
    return CellOf(rows_.At(number).time, stage.cell_ms) == cell;
  });
  if (static_cast<size_t>(last - first) <= allowed) return;
  ThinCell(rows, static_cast<size_t>(first - rows.begin()),
           static_cast<size_t>(last - rows.begin()), stage);
}

void ExemplarHead::ThinCell(RowList& rows, size_t begin, size_t end, const ThinningStage& stage) {
  points_.clear();
  for (size_t i = begin; i < end; ++i) points_.push_back(PointOf(rows[i]));
  PickOfCell(points_, stage, kept_);
  size_t out = begin;
  size_t next_kept = 0;
  for (size_t i = begin; i < end; ++i) {
    if (next_kept < kept_.size() && begin + kept_[next_kept] == i) {
      rows[out++] = rows[i];
      ++next_kept;
    } else {
      RemoveRow(rows[i]);
    }
  }
  thinned_ += end - out;
  const uint64_t before = HeapBytes(rows);
  rows.erase(rows.begin() + static_cast<ptrdiff_t>(out),
             rows.begin() + static_cast<ptrdiff_t>(end));
  if (rows.capacity() > 4 * std::max(rows.size(), kInPlace)) rows.shrink_to_fit();
  heap_bytes_ += HeapBytes(rows) - before;
}

}  // namespace glint::tsdb
