#include "tsdb/exemplar_head.h"

#include <algorithm>
#include <bit>
#include <utility>

namespace glint::tsdb {

using model::Exemplar;
using model::TimeMs;

uint64_t ExemplarHead::Fingerprint(TimeMs time, double value, const model::TraceId& trace,
                                   const model::SpanId& span, const model::Labels& labels) {
  uint64_t hash = IdsHash(trace, span);
  for (const uint64_t word : {static_cast<uint64_t>(time), std::bit_cast<uint64_t>(value),
                              labels.empty() ? 0 : labels.Hash()}) {
    hash = (hash ^ word) * 0x9e3779b97f4a7c15u;
    hash ^= hash >> 32;
  }
  return hash;
}

ThinningPoint ExemplarHead::PointOf(uint32_t number) const {
  const ExemplarRow& row = rows_.At(number);
  return {row.time, row.value, IdsHash(row.trace_id, row.span_id)};
}

uint64_t ExemplarHead::HeapBytes(const RowList& rows) {
  constexpr uint64_t kAllocation = 8;
  return rows.capacity() > kInPlace ? rows.capacity() * sizeof(uint32_t) + kAllocation : 0;
}

const ExemplarHead::SeriesList* ExemplarHead::Find(HeadSlot series) const {
  const uint32_t number = series < numbers_.size() ? numbers_[series] : 0;
  return number == 0 ? nullptr : &lists_[number - 1];
}

bool ExemplarHead::Has(HeadSlot series) const {
  const SeriesList* list = Find(series);
  return list != nullptr && !list->rows.empty();
}

ExemplarHead::SeriesList& ExemplarHead::ListOf(HeadSlot series) {
  if (series >= numbers_.size()) numbers_.resize(series + 1);
  if (numbers_[series] == 0) {
    if (free_lists_.empty()) {
      lists_.emplace_back();
      free_lists_.push_back(static_cast<uint32_t>(lists_.size()));
    }
    numbers_[series] = free_lists_.back();
    free_lists_.pop_back();
  }
  return lists_[numbers_[series] - 1];
}

uint64_t& ExemplarHead::ArrivedIn(int64_t hour) {
  if (arrived_in_last_hour_ == nullptr || last_hour_ != hour) {
    arrived_in_last_hour_ = &arrived_[hour];
    last_hour_ = hour;
  }
  return *arrived_in_last_hour_;
}

size_t ExemplarHead::LowerBound(const RowList& rows, TimeMs time) const {
  const auto found = std::lower_bound(
      rows.begin(), rows.end(), time,
      [this](uint32_t number, TimeMs wanted) { return rows_.At(number).time < wanted; });
  return static_cast<size_t>(found - rows.begin());
}

void ExemplarHead::Insert(RowList& rows, size_t place, const Exemplar& exemplar) {
  const uint64_t before = HeapBytes(rows);
  const uint32_t number = rows_.Add({.time = exemplar.time,
                                     .value = exemplar.value,
                                     .trace_id = exemplar.trace_id,
                                     .span_id = exemplar.span_id,
                                     .labels = sets_.Use(exemplar.labels)});
  rows.insert(rows.begin() + static_cast<ptrdiff_t>(place), number);
  heap_bytes_ += HeapBytes(rows) - before;
}

void ExemplarHead::Replace(uint32_t& number, const Exemplar& exemplar) {
  RemoveRow(number);
  number = rows_.Add({.time = exemplar.time,
                      .value = exemplar.value,
                      .trace_id = exemplar.trace_id,
                      .span_id = exemplar.span_id,
                      .labels = sets_.Use(exemplar.labels)});
}

void ExemplarHead::RemoveRow(uint32_t number) {
  sets_.Release(rows_.At(number).labels);
  rows_.Remove(number);
}

void ExemplarHead::Erase(RowList& rows, size_t begin, size_t end) {
  for (size_t i = begin; i < end; ++i) RemoveRow(rows[i]);
  const uint64_t before = HeapBytes(rows);
  rows.erase(rows.begin() + static_cast<ptrdiff_t>(begin),
             rows.begin() + static_cast<ptrdiff_t>(end));
  rows.shrink_to_fit();
  heap_bytes_ += HeapBytes(rows) - before;
}

void ExemplarHead::Read(HeadSlot series, model::TimeRange range, std::vector<Exemplar>& out) const {
  const SeriesList* list = Find(series);
  if (list == nullptr) return;
  const RowList& rows = list->rows;
  for (size_t i = LowerBound(rows, range.start); i < rows.size(); ++i) {
    const ExemplarRow& row = rows_.At(rows[i]);
    if (row.time > range.end) break;
    out.push_back({row.time, row.value, row.trace_id, row.span_id, sets_.At(row.labels)});
  }
}

std::vector<HeadSlot> ExemplarHead::Series() const {
  std::vector<HeadSlot> series;
  for (HeadSlot slot = 0; slot < numbers_.size(); ++slot) {
    if (numbers_[slot] != 0 && !lists_[numbers_[slot] - 1].rows.empty()) series.push_back(slot);
  }
  return series;
}

void ExemplarHead::MarkPinned(std::span<const model::TraceId> ids,
                              std::vector<bool>& pinned) const {
  for (size_t i = 0; i < ids.size(); ++i) {
    if (!pinned[i] && !ids[i].IsZero()) pinned[i] = rows_.HasTrace(ids[i]);
  }
}

void ExemplarHead::Remember(const ExemplarRow& newest, SeriesList& list) const {
  if (newest.time < list.newest_gone_time) return;
  list.newest_gone_time = newest.time;
  list.newest_gone = Fingerprint(newest.time, newest.value, newest.trace_id, newest.span_id,
                                 sets_.At(newest.labels));
}

ExemplarHead ExemplarHead::Successor(TimeMs now) const {
  ExemplarHead next;
  next.numbers_ = numbers_;
  next.free_lists_ = free_lists_;
  next.lists_.resize(lists_.size());
  for (size_t i = 0; i < lists_.size(); ++i) {
    next.lists_[i].newest_gone_time = lists_[i].newest_gone_time;
    next.lists_[i].newest_gone = lists_[i].newest_gone;
    if (!lists_[i].rows.empty()) Remember(rows_.At(lists_[i].rows.back()), next.lists_[i]);
  }
  const int64_t yesterday = CellOf(now, kHourMs) - 24;
  for (const auto& [hour, arrived] : arrived_) {
    if (hour >= yesterday) next.arrived_.emplace(hour, arrived);
  }
  return next;
}

uint64_t ExemplarHead::DropBefore(TimeMs time) {
  uint64_t dropped = 0;
  for (SeriesList& list : lists_) {
    if (list.rows.empty() || TimeAt(list.rows, 0) >= time) continue;
    const size_t end = LowerBound(list.rows, time);
    Remember(rows_.At(list.rows[end - 1]), list);
    Erase(list.rows, 0, end);
    with_some_ -= list.rows.empty();
    dropped += end;
  }
  arrived_in_last_hour_ = nullptr;
  std::erase_if(arrived_,
                [oldest = CellOf(time, kHourMs)](const auto& hour) { return hour.first < oldest; });
  return dropped;
}

uint64_t ExemplarHead::Drop(HeadSlot series, model::TimeRange range) {
  if (!Has(series)) return 0;
  RowList& rows = ListOf(series).rows;
  const size_t begin = LowerBound(rows, range.start);
  const size_t end = range.end == model::kMaxTimeMs ? rows.size() : LowerBound(rows, range.end + 1);
  if (begin >= end) return 0;
  Erase(rows, begin, end);
  with_some_ -= rows.empty();
  return end - begin;
}

uint64_t ExemplarHead::Forget(HeadSlot series) {
  if (Find(series) == nullptr) return 0;
  const uint64_t dropped = Drop(series, {});
  ListOf(series).newest_gone_time = model::kMinTimeMs;
  ListOf(series).newest_gone = 0;
  free_lists_.push_back(std::exchange(numbers_[series], 0));
  return dropped;
}

void ExemplarHead::ForgetGone() {
  for (SeriesList& list : lists_) {
    list.newest_gone_time = model::kMinTimeMs;
    list.newest_gone = 0;
  }
}

ExemplarDensity ExemplarHead::density() const {
  ExemplarDensity density{.per_hour = 0, .series = with_some_};
  for (const auto& [hour, arrived] : arrived_)
    density.per_hour = std::max(density.per_hour, arrived);
  return density;
}

uint64_t ExemplarHead::bytes() const {
  constexpr uint64_t kHourBytes = 48;  // A node of the map, its bucket and its allocation.
  return sizeof *this + rows_.bytes() + sets_.bytes() + heap_bytes_ +
         (numbers_.capacity() + free_lists_.capacity() + kept_.capacity()) * sizeof(uint32_t) +
         lists_.capacity() * sizeof(SeriesList) + points_.capacity() * sizeof(ThinningPoint) +
         arrived_.size() * kHourBytes;
}

model::TimeRange ExemplarHead::time() const {
  model::TimeRange range{model::kMaxTimeMs, model::kMinTimeMs};
  for (const SeriesList& list : lists_) {
    if (list.rows.empty()) continue;
    range.start = std::min(range.start, TimeAt(list.rows, 0));
    range.end = std::max(range.end, TimeAt(list.rows, list.rows.size() - 1));
  }
  return range;
}

}  // namespace glint::tsdb
