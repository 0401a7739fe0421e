// Deciding how a batch is stored, before it goes into the log: what of it is a row, what is beside,
// what is not taken.
#include <algorithm>

#include "tsdb/batch_limits.h"
#include "tsdb/head.h"

namespace glint::tsdb {

using model::SeriesRef;
using model::TimeMs;
using storage::MetricBatch;

namespace {

void ClearFloats(MetricBatch& batch) {
  batch.series.clear();
  batch.values.clear();
  batch.times.clear();
  batch.start_times.clear();
}

}  // namespace

Status Head::CheckRefs(const MetricBatch& batch) const {
  for (const auto* refs : {&batch.series, &batch.histogram_series, &batch.exemplar_series}) {
    for (const SeriesRef ref : *refs) {
      if (!table_.SlotOf(ref)) return NotFound("series ref {} is not known", ref.value);
    }
  }
  return OkStatus();
}

StatusOr<StagedBatch> Head::Stage(MetricBatch batch, const StageOptions& options) {
  StagedBatch staged;
  staged.sender = batch.sender;
  const MutexLock lock(&mutex_);
  // Of columns that are those of the last row nothing has to be looked up: they are held.
  RowHead* rows = batch.sender == 0 ? nullptr : current_->RowsOf(batch.sender);
  const bool is_known = rows != nullptr && rows->HasLayout(batch.series, batch.start_times);
  if (is_known) {
    std::vector<SeriesRef> series = std::move(batch.series);
    const Status others = CheckRefs(batch);
    batch.series = std::move(series);
    RETURN_IF_ERROR(others);
  } else {
    RETURN_IF_ERROR(CheckRefs(batch));
  }
  const bool is_in_order = batch.times.empty() && !batch.series.empty() && batch.time >= floor_;
  if (options.may_be_row && batch.sender != 0 && is_in_order) StageRow(options, batch, staged);
  staged.rest = std::move(batch);
  DropUnwanted(options, staged);
  for (const auto* refs :
       {&staged.rest.series, &staged.rest.histogram_series, &staged.rest.exemplar_series}) {
    for (const SeriesRef ref : *refs) {
      table_.set_last_used(static_cast<HeadSlot>(ref.value), options.now);
    }
  }
  return staged;
}

void Head::StageRow(const StageOptions& options, MetricBatch& batch, StagedBatch& staged) {
  RowHead* rows = current_->MakeRows(batch.sender);
  if (rows == nullptr || batch.time <= rows->last_time()) return;
  const bool as_key = options.log_segment != 0 && rows->logged_segment != options.log_segment;
  if (!batch.start_times.empty() && std::all_of(batch.start_times.begin(), batch.start_times.end(),
                                                [](TimeMs time) { return time == 0; })) {
    batch.start_times.clear();
  }
  const bool is_plain = std::none_of(batch.values.begin(), batch.values.end(), IsAbsent);
  if (is_plain && !rows->contested && rows->HasLayout(batch.series, batch.start_times)) {
    staged.row = rows->Stage(batch.series, batch.values, batch.start_times, batch.time, as_key);
    staged.rows = rows;
    ClearFloats(batch);
    return;
  }
  // Series that are in another sender's rows, that have newer samples, or that are twice in the
  // batch go beside the row.
  seen_.resize(std::max(seen_.size(), table_.slot_end()));
  ++batch_number_;
  std::vector<bool> fits(batch.series.size());
  size_t count = 0;
  for (size_t i = 0; i < batch.series.size(); ++i) {
    const auto slot = static_cast<HeadSlot>(batch.series[i].value);
    const RowHead* owner = current_->OwnerOf(slot);
    fits[i] = (owner == nullptr || owner == rows) && seen_[slot] != batch_number_ &&
              table_.newest(slot) < batch.time && !IsAbsent(batch.values[i]);
    seen_[slot] = batch_number_;
    count += fits[i];
  }
  if (count == 0) return;
  MetricBatch row;
  row.series = batch.series;
  row.values = batch.values;
  row.start_times = batch.start_times;
  if (count < fits.size()) {
    std::vector<bool> beside = fits;
    beside.flip();
    RemoveMarked(beside, row.series);
    RemoveMarked(beside, row.values);
    RemoveMarked(beside, row.start_times);
  }
  RemoveMarked(fits, batch.series);
  RemoveMarked(fits, batch.values);
  RemoveMarked(fits, batch.start_times);
  staged.row = rows->Stage(row.series, row.values, row.start_times, batch.time, as_key);
  staged.rows = rows;
}

std::string Head::Encode(const StagedBatch& batch, uint64_t log_segment,
                         BatchLogWriter& log) const {
  const ReaderMutexLock lock(&mutex_);
  return log.Encode(batch, table_, log_segment);
}

void Head::DropUnwanted(const StageOptions& options, StagedBatch& staged) const {
  MetricBatch& rest = staged.rest;
  const auto is_too_old = [&](SeriesRef ref, TimeMs time) ABSL_NO_THREAD_SAFETY_ANALYSIS {
    if (time < floor_) return true;
    if (options.late_ms < 0) return false;
    const TimeMs newest = NewestOf(static_cast<HeadSlot>(ref.value));
    return newest > model::kMinTimeMs + options.late_ms && time < newest - options.late_ms;
  };
  storage::AppendCounts& counts = staged.counts;
  const auto sample = [&](size_t i) { return is_too_old(rest.series[i], rest.TimeOf(i)); };
  RemoveSamples(Mark(rest.series.size(), sample, counts.samples_too_old), rest);
  const auto histogram = [&](size_t i) {
    return is_too_old(rest.histogram_series[i], rest.histograms[i].time);
  };
  RemoveHistograms(Mark(rest.histograms.size(), histogram, counts.samples_too_old), rest);
  const auto exemplar = [&, floor = floor_](size_t i) { return rest.exemplars[i].time < floor; };
  RemoveExemplars(Mark(rest.exemplars.size(), exemplar, counts.exemplars_expired), rest);
}

}  // namespace glint::tsdb
