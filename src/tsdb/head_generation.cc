#include "tsdb/head_generation.h"

#include <algorithm>

namespace glint::tsdb {

using model::TimeMs;

void HeadView::Read(model::TimeRange range, storage::SeriesData& out) const {
  size_t next_side = 0;
  for (const Rows& rows : rows_and_sides) {
    if (rows.view != nullptr) {
      rows.view->Read(rows.series, range, out);
    } else {
      sides[next_side++].Read(range, out);
    }
  }
}

HeadGeneration::HeadGeneration(const HeadGeneration& before, TimeMs since, TimeMs now)
    : exemplars_(before.exemplars_.Successor(now)) {
  for (const auto& [sender, index] : before.senders_) {
    const RowHead& rows = *before.rows_[index];
    if (rows.last_written < since || !rows.has_layout()) continue;
    senders_.emplace(sender, static_cast<uint32_t>(rows_.size()));
    rows_.push_back(std::make_unique<RowHead>(&rows));
    rows_.back()->index = static_cast<uint32_t>(rows_.size() - 1);
    for (const model::SeriesRef ref : rows.layout().columns()) {
      Own(static_cast<HeadSlot>(ref.value), *rows_.back());
    }
  }
}

RowHead* HeadGeneration::RowsOf(storage::SenderId sender) const {
  const auto found = senders_.find(sender);
  return found == senders_.end() ? nullptr : rows_[found->second].get();
}

RowHead* HeadGeneration::MakeRows(storage::SenderId sender) {
  if (RowHead* rows = RowsOf(sender)) return rows;
  if (rows_.size() >= kMaxSenders) return nullptr;
  senders_.emplace(sender, static_cast<uint32_t>(rows_.size()));
  rows_.push_back(std::make_unique<RowHead>(nullptr));
  rows_.back()->index = static_cast<uint32_t>(rows_.size() - 1);
  return rows_.back().get();
}

RowHead* HeadGeneration::OwnerOf(HeadSlot series) const {
  if (series >= owners_.size() || owners_[series] == 0) return nullptr;
  return rows_[owners_[series] - 1].get();
}

void HeadGeneration::Own(HeadSlot series, const RowHead& rows) {
  if (series >= owners_.size()) {
    owners_.reserve(series + series / 4 + 1);
    owners_.resize(series + 1);
  }
  owners_[series] = rows.index + 1;
}

SideSeries* HeadGeneration::SideOf(HeadSlot series) {
  const auto found = sides_.find(series);
  return found == sides_.end() ? nullptr : &found->second;
}

void HeadGeneration::SealRows() {
  for (const auto& rows : rows_) rows->Seal();
}

void HeadGeneration::AddTo(HeadSlot slot, model::SeriesRef ref, model::TimeRange range,
                           RowsViews& views, HeadView& out) const {
  if (const RowHead* rows = OwnerOf(slot);
      rows != nullptr && !rows->empty() && range.Overlaps(rows->first_time(), rows->last_time())) {
    auto& view = views[rows];
    if (view == nullptr) view = rows->View();
    out.rows_and_sides.push_back({view, ref});
  }
  if (const auto side = sides_.find(slot); side != sides_.end()) {
    out.rows_and_sides.push_back({nullptr, ref});
    out.sides.push_back(side->second.View(range));
  }
}

bool HeadGeneration::HasSampleIn(HeadSlot slot, model::SeriesRef ref, model::TimeRange range,
                                 RowsViews& views) const {
  if (const RowHead* rows = OwnerOf(slot);
      rows != nullptr && !rows->empty() && range.Overlaps(rows->first_time(), rows->last_time())) {
    auto& view = views[rows];
    if (view == nullptr) view = rows->View();
    if (view->HasSampleIn(ref, range)) return true;
  }
  const auto side = sides_.find(slot);
  return side != sides_.end() && side->second.HasSampleIn(range);
}

bool HeadGeneration::Uses(HeadSlot series) const {
  return OwnerOf(series) != nullptr || sides_.count(series) > 0 || exemplars_.Has(series);
}

std::vector<HeadSlot> HeadGeneration::Series() const {
  std::vector<HeadSlot> out = exemplars_.Series();
  for (HeadSlot slot = 0; slot < owners_.size(); ++slot) {
    if (owners_[slot] != 0 && !rows_[owners_[slot] - 1]->empty()) out.push_back(slot);
  }
  for (const auto& [slot, side] : sides_) out.push_back(slot);
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

bool HeadGeneration::empty() const {
  return sides_.empty() && exemplars_.size() == 0 &&
         std::all_of(rows_.begin(), rows_.end(), [](const auto& rows) { return rows->empty(); });
}

model::TimeRange HeadGeneration::time() const {
  model::TimeRange range = exemplars_.time();
  if (exemplars_.size() == 0) range = {model::kMaxTimeMs, model::kMinTimeMs};
  const auto cover = [&](TimeMs first, TimeMs last) {
    range = {std::min(range.start, first), std::max(range.end, last)};
  };
  for (const auto& rows : rows_) {
    if (!rows->empty()) cover(rows->first_time(), rows->last_time());
  }
  for (const auto& [slot, side] : sides_) {
    const model::TimeRange time = side.time();
    cover(time.start, time.end);
  }
  return range;
}

uint64_t HeadGeneration::samples() const {
  uint64_t samples = 0;
  for (const auto& rows : rows_) samples += rows->samples();
  for (const auto& [slot, side] : sides_) samples += side.samples();
  return samples;
}

uint64_t HeadGeneration::chunks() const {
  uint64_t chunks = 0;
  for (const auto& rows : rows_) chunks += rows->chunks();
  for (const auto& [slot, side] : sides_) chunks += side.chunks();
  return chunks;
}

uint64_t HeadGeneration::bytes() const {
  uint64_t bytes = side_bytes_ + exemplars_.bytes() + owners_.capacity() * sizeof(uint32_t);
  for (const auto& rows : rows_) bytes += rows->bytes();
  return bytes;
}

uint64_t HeadGeneration::ActiveSeries(TimeMs since) const {
  uint64_t active = 0;
  for (const auto& rows : rows_) {
    if (rows->last_written > since) active += rows->last_samples();
  }
  for (const auto& [slot, side] : sides_) {
    const RowHead* owner = OwnerOf(slot);
    const bool is_counted = owner != nullptr && owner->last_written > since;
    active += side.last_written > since && !is_counted;
  }
  return active;
}

TimeMs HeadGeneration::NewestInRows(HeadSlot series) const {
  const RowHead* rows = OwnerOf(series);
  return rows == nullptr ? model::kMinTimeMs : rows->last_time();
}

}  // namespace glint::tsdb
