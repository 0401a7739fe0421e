#include "tsdb/head.h"

#include <algorithm>
#include <utility>

#include "storage/same_bits.h"
#include "tsdb/sample_order.h"

namespace glint::tsdb {

using model::SeriesRef;
using model::TimeMs;
using storage::AppendCounts;
using storage::MetricBatch;
using storage::SameBits;

StatusOr<std::vector<SeriesRef>> Head::Resolve(std::span<const model::Labels> series, TimeMs now,
                                               uint64_t max_series) {
  std::vector<SeriesRef> out;
  out.reserve(series.size());
  const MutexLock lock(&mutex_);
  for (const model::Labels& labels : series) {
    CHECK(!labels.empty());
    std::optional<HeadSlot> slot = table_.Find(labels);
    if (!slot.has_value()) {
      if (table_.size() >= max_series) {
        return ResourceExhausted("a new series, {}, but {} of at most {} are held",
                                 labels.ToString(), table_.size(), max_series);
      }
      slot = table_.Add(labels);
    }
    table_.set_last_used(*slot, now);
    out.push_back(table_.RefOf(*slot));
  }
  return out;
}

TimeMs Head::NewestOf(HeadSlot slot) const {
  return std::max(table_.newest(slot), current_->NewestInRows(slot));
}

AppendCounts Head::Apply(StagedBatch batch, TimeMs now) {
  AppendCounts counts = batch.counts;
  const MutexLock lock(&mutex_);
  if (batch.has_row()) ApplyRow(batch, now, counts);
  ApplySamples(batch.rest, now, counts);
  ApplyHistograms(batch.rest, now, counts);
  ApplyExemplars(batch.rest, now, counts);
  ApplyMetadata(std::move(batch.rest.metadata));
  return counts;
}

void Head::ApplyRow(StagedBatch& batch, TimeMs now, AppendCounts& counts) {
  RowHead& rows = *batch.rows;
  const bool is_new = !rows.has_layout() || &rows.layout() != batch.row.layout.get();
  counts.samples_stored += batch.row.samples;
  if (is_new) {
    for (const SeriesRef ref : batch.row.layout->columns()) {
      const auto slot = static_cast<HeadSlot>(ref.value);
      if (current_->OwnerOf(slot) == nullptr) current_->Own(slot, rows);
    }
  }
  rows.Apply(std::move(batch.row));
  rows.last_written = now;
}

storage::SeriesData Head::HeldAt(HeadSlot slot, SeriesRef ref, TimeMs time) const {
  HeadView view;
  RowsViews views;
  const model::TimeRange at{time, time};
  if (frozen_ != nullptr) frozen_->AddTo(slot, ref, at, views, view);
  current_->AddTo(slot, ref, at, views, view);
  storage::SeriesData held;
  view.Read(at, held);
  return held;
}

void Head::ApplySamples(const MetricBatch& batch, TimeMs now, AppendCounts& counts) {
  SeriesRef last{UINT64_MAX};
  SideSeries* side = nullptr;
  for (size_t i = 0; i < batch.series.size(); ++i) {
    const SeriesRef ref = batch.series[i];
    const auto slot = static_cast<HeadSlot>(ref.value);
    const codec::TimedSample sample{batch.TimeOf(i), batch.values[i],
                                    batch.start_times.empty() ? 0 : batch.start_times[i]};
    if (sample.time <= NewestOf(slot)) {
      const storage::SeriesData held = HeldAt(slot, ref, sample.time);
      if (!held.values.empty() && SameBits(held.values.front(), sample.value)) {
        ++counts.samples_repeated;
        continue;
      }
      if (!held.values.empty() || !held.histograms.empty()) {
        ++counts.samples_conflicting;
        continue;
      }
    }
    if (ref != last) {
      side = current_->SideOf(slot);
      if (side == nullptr) {
        side = &current_->MakeSide(slot);
        current_->NoteSideBytes(static_cast<int64_t>(side->bytes()));
      }
      last = ref;
    }
    const uint64_t before = side->bytes();
    CHECK(side->PutFloat(sample) == SideSeries::Put::kStored);
    current_->NoteSideBytes(static_cast<int64_t>(side->bytes() - before));
    side->last_written = now;
    ++counts.samples_stored;
    if (sample.time > table_.newest(slot)) table_.set_newest(slot, sample.time);
    if (RowHead* owner = current_->OwnerOf(slot)) owner->contested = true;
  }
}

void Head::ApplyHistograms(MetricBatch& batch, TimeMs now, AppendCounts& counts) {
  for (size_t i = 0; i < batch.histograms.size(); ++i) {
    const SeriesRef ref = batch.histogram_series[i];
    const auto slot = static_cast<HeadSlot>(ref.value);
    storage::HistogramSample& sample = batch.histograms[i];
    const TimeMs time = sample.time;
    if (time <= NewestOf(slot)) {
      const storage::SeriesData held = HeldAt(slot, ref, time);
      if (!held.histograms.empty() &&
          SameBits(*held.histograms.front().histogram, *sample.histogram)) {
        ++counts.samples_repeated;
        continue;
      }
      if (!held.values.empty() || !held.histograms.empty()) {
        ++counts.samples_conflicting;
        continue;
      }
    }
    SideSeries* side = current_->SideOf(slot);
    uint64_t before = side == nullptr ? 0 : side->bytes();
    if (side == nullptr) side = &current_->MakeSide(slot);
    CHECK(side->PutHistogram(sample) == SideSeries::Put::kStored);
    current_->NoteSideBytes(static_cast<int64_t>(side->bytes() - before));
    side->last_written = now;
    ++counts.samples_stored;
    if (time > table_.newest(slot)) table_.set_newest(slot, time);
    if (RowHead* owner = current_->OwnerOf(slot)) owner->contested = true;
  }
}

void Head::ApplyExemplars(const MetricBatch& batch, TimeMs now, AppendCounts& counts) {
  std::vector<model::Exemplar> held;
  for (size_t i = 0; i < batch.exemplars.size(); ++i) {
    const model::Exemplar& exemplar = batch.exemplars[i];
    const auto slot = static_cast<HeadSlot>(batch.exemplar_series[i].value);
    held.clear();
    if (frozen_ != nullptr) {
      frozen_->exemplars().Read(slot, {exemplar.time, exemplar.time}, held);
    }
    const bool is_held = std::any_of(held.begin(), held.end(), [&](const model::Exemplar& other) {
      return SameBits(other, exemplar);
    });
    if (is_held || current_->exemplars().Add(slot, exemplar, now) == ExemplarHead::Put::kRepeated) {
      ++counts.exemplars_repeated;
    } else {
      ++counts.exemplars_stored;
    }
  }
}

void Head::ApplyMetadata(std::vector<model::MetricMetadata> metadata) {
  for (model::MetricMetadata& entry : metadata) {
    const auto known = metadata_.find(entry.family);
    if (known == metadata_.end() && metadata_.size() >= storage::kMaxMetadataFamilies) continue;
    std::vector<model::MetricMetadata>& held =
        known == metadata_.end() ? metadata_[entry.family] : known->second;
    if (held.size() >= storage::kMaxMetadataPerFamily) continue;
    if (std::find(held.begin(), held.end(), entry) == held.end()) held.push_back(std::move(entry));
  }
}

void Head::AddMetadata(std::vector<model::MetricMetadata> metadata) {
  const MutexLock lock(&mutex_);
  ApplyMetadata(std::move(metadata));
}

bool Head::Freeze(TimeMs now) {
  const MutexLock lock(&mutex_);
  CHECK(frozen_ == nullptr);
  if (current_->empty()) return false;
  current_->SealRows();
  for (HeadSlot slot = 0; slot < table_.slot_end(); ++slot) {
    const RowHead* rows = current_->OwnerOf(slot);
    if (rows == nullptr || rows->empty()) continue;
    table_.set_newest(slot, std::max(table_.newest(slot), rows->last_time()));
    table_.set_last_used(slot, std::max(table_.last_used(slot), rows->last_written));
  }
  auto next = std::make_unique<HeadGeneration>(*current_, now - storage::kRefLifetimeMs, now);
  frozen_ = std::exchange(current_, std::move(next));
  frozen_at_ = now;
  return true;
}

model::TimeRange Head::FrozenTime() const {
  const ReaderMutexLock lock(&mutex_);
  return frozen_ == nullptr ? model::TimeRange{model::kMaxTimeMs, model::kMinTimeMs}
                            : frozen_->time();
}

uint64_t Head::Thaw(TimeMs now) {
  std::unique_ptr<const HeadGeneration> gone;  // Let go without the lock.
  {
    const MutexLock lock(&mutex_);
    if (frozen_ != nullptr) thinned_before_ += frozen_->exemplars().thinned();
    gone = std::move(frozen_);
  }
  gone.reset();
  return ForgetUnused(now);
}

uint64_t Head::ForgetUnused(TimeMs now) {
  const MutexLock lock(&mutex_);
  std::vector<HeadSlot> gone;
  for (HeadSlot slot = 0; slot < table_.slot_end(); ++slot) {
    if (!table_.Holds(slot) || table_.last_used(slot) >= now - storage::kRefLifetimeMs) continue;
    if (current_->Uses(slot) || (frozen_ != nullptr && frozen_->Uses(slot))) continue;
    gone.push_back(slot);
    current_->exemplars().Forget(slot);
  }
  table_.Remove(gone);
  return gone.size();
}

void Head::ForgetGoneExemplars() {
  const MutexLock lock(&mutex_);
  current_->exemplars().ForgetGone();
}

void Head::SetFloor(TimeMs floor) {
  const MutexLock lock(&mutex_);
  floor_ = std::max(floor_, floor);
}

TimeMs Head::floor() const {
  const ReaderMutexLock lock(&mutex_);
  return floor_;
}

uint64_t Head::sample_bytes() const {
  const ReaderMutexLock lock(&mutex_);
  return current_->bytes();
}

HeadStats Head::Stats(TimeMs now) const {
  const ReaderMutexLock lock(&mutex_);
  HeadStats stats{.series = table_.size(),
                  .active_series = current_->ActiveSeries(now - kActiveMs),
                  .thinned_exemplars = thinned_before_,
                  .bytes = table_.bytes(),
                  .label_bytes = table_.bytes()};
  const std::initializer_list<const HeadGeneration*> generations = {current_.get(), frozen_.get()};
  for (const HeadGeneration* generation : generations) {
    if (generation == nullptr) continue;
    stats.samples += generation->samples();
    stats.chunks += generation->chunks();
    stats.exemplars += generation->exemplars().size();
    stats.thinned_exemplars += generation->exemplars().thinned();
    stats.bytes += generation->bytes();
  }
  return stats;
}

}  // namespace glint::tsdb
