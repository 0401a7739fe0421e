#include "tsdb/exemplar_rows.h"

#include <algorithm>
#include <functional>
#include <utility>

namespace glint::tsdb {

uint32_t ExemplarRows::Add(const ExemplarRow& row) {
  if (with_room_.empty()) {
    with_room_.push_back(static_cast<uint32_t>(pages_.size()));
    pages_.emplace_back();
  }
  const uint32_t number_of_page = with_room_.front();
  Page& page = pages_[number_of_page];
  if (page.rows == nullptr) {
    page.rows = std::make_unique<ExemplarRow[]>(kPage);
    for (uint32_t i = 0; i + 1 < kPage; ++i) page.rows[i].next_free = i + 2;
    page.first_free = 1;
    ++pages_held_;
  }
  const uint32_t i = page.first_free - 1;
  page.first_free = page.rows[i].next_free;
  ++page.used;
  if (page.first_free == 0) {
    std::pop_heap(with_room_.begin(), with_room_.end(), std::greater<>());
    with_room_.pop_back();
  }
  page.rows[i] = row;
  ++size_;
  const uint32_t number = number_of_page * kPage + i;
  if (!row.trace_id.IsZero()) PutInTable(number);
  return number;
}

void ExemplarRows::Remove(uint32_t number) {
  if (!At(number).trace_id.IsZero()) TakeFromTable(number);
  Page& page = pages_[number / kPage];
  if (page.first_free == 0) {
    with_room_.push_back(number / kPage);
    std::push_heap(with_room_.begin(), with_room_.end(), std::greater<>());
  }
  page.rows[number % kPage].next_free = page.first_free;
  page.first_free = number % kPage + 1;
  --size_;
  if (--page.used > 0) return;
  page.rows = nullptr;
  --pages_held_;
}

bool ExemplarRows::HasTrace(const model::TraceId& id) const {
  if (in_table_ == 0) return false;
  for (size_t at = HomeOf(id); table_[at] != 0; at = (at + 1) & (table_.size() - 1)) {
    if (At(table_[at] - 1).trace_id == id) return true;
  }
  return false;
}

void ExemplarRows::PutInTable(uint32_t number) {
  if ((in_table_ + 1) * 4 > table_.size() * 3) Resize(table_.empty() ? 64 : table_.size() * 2);
  size_t at = HomeOf(At(number).trace_id);
  while (table_[at] != 0) at = (at + 1) & (table_.size() - 1);
  table_[at] = number + 1;
  ++in_table_;
}

void ExemplarRows::TakeFromTable(uint32_t number) {
  const size_t mask = table_.size() - 1;
  size_t hole = HomeOf(At(number).trace_id);
  while (table_[hole] != number + 1) hole = (hole + 1) & mask;
  // Those behind move up where the hole lies between their home and their place.
  for (size_t at = (hole + 1) & mask; table_[at] != 0; at = (at + 1) & mask) {
    const size_t home = HomeOf(At(table_[at] - 1).trace_id);
    if (((at - home) & mask) < ((at - hole) & mask)) continue;
    table_[hole] = table_[at];
    hole = at;
  }
  table_[hole] = 0;
  --in_table_;
  if (table_.size() > 64 && in_table_ * 8 < table_.size()) Resize(table_.size() / 2);
}

void ExemplarRows::Resize(size_t size) {
  const std::vector<uint32_t> old = std::exchange(table_, std::vector<uint32_t>(size));
  in_table_ = 0;
  for (const uint32_t entry : old) {
    if (entry != 0) PutInTable(entry - 1);
  }
}

uint64_t ExemplarRows::bytes() const {
  return pages_held_ * kPage * sizeof(ExemplarRow) + pages_.capacity() * sizeof(Page) +
         (with_room_.capacity() + table_.capacity()) * sizeof(uint32_t);
}

std::vector<ExemplarLabelSets::Set> ExemplarLabelSets::NoLabels() {
  std::vector<Set> sets(1);
  sets[0].labels = std::make_unique<const model::Labels>();
  return sets;
}

uint32_t ExemplarLabelSets::Use(const model::Labels& labels) {
  if (labels.empty()) return 0;
  const auto known = numbers_.find(&labels);
  if (known != numbers_.end()) {
    ++sets_[known->second].uses;
    return known->second;
  }
  if (free_.empty()) {
    free_.push_back(static_cast<uint32_t>(sets_.size()));
    sets_.emplace_back();
  }
  const uint32_t number = free_.back();
  free_.pop_back();
  sets_[number].labels = std::make_unique<const model::Labels>(labels);
  sets_[number].uses = 1;
  numbers_.emplace(sets_[number].labels.get(), number);
  bytes_ += BytesOf(labels);
  return number;
}

void ExemplarLabelSets::Release(uint32_t set) {
  if (set == 0 || --sets_[set].uses > 0) return;
  numbers_.erase(sets_[set].labels.get());
  bytes_ -= BytesOf(*sets_[set].labels);
  sets_[set].labels = nullptr;
  free_.push_back(set);
}

uint64_t ExemplarLabelSets::BytesOf(const model::Labels& labels) {
  constexpr uint64_t kNode = 48;       // Of the map, and what an allocation costs beside it.
  constexpr uint64_t kShortText = 15;  // Lies in the string itself.
  uint64_t bytes = sizeof labels + kNode;
  for (const model::Label& label : labels) {
    bytes += sizeof label;
    for (const std::string* text : {&label.name, &label.value}) {
      if (text->size() > kShortText) bytes += text->size() + 1;
    }
  }
  return bytes;
}

uint64_t ExemplarLabelSets::bytes() const {
  return bytes_ + sets_.capacity() * sizeof(Set) + free_.capacity() * sizeof(uint32_t) +
         numbers_.bucket_count() * sizeof(void*);
}

}  // namespace glint::tsdb
