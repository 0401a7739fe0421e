#include "tsdb/series_table.h"

#include <algorithm>
#include <iterator>

#include "base/check.h"

namespace glint::tsdb {
namespace {

constexpr HeadSlot kNone = UINT32_MAX;

// Grown by a quarter: a list per label, so doubling would cost more than what it saves.
void Insert(HeadSlot slot, std::vector<HeadSlot>& list) {
  if (list.size() == list.capacity()) list.reserve(list.size() + list.size() / 4 + 2);
  if (list.empty() || list.back() < slot) {
    list.push_back(slot);
  } else {
    list.insert(std::lower_bound(list.begin(), list.end(), slot), slot);
  }
}

}  // namespace

bool SeriesTable::IsOf(HeadSlot slot, const model::Labels& labels) const {
  const std::span<const LabelId> ids = LabelIdsOf(slots_[slot]);
  if (ids.size() != labels.size()) return false;
  size_t i = 0;
  for (const model::Label& label : labels) {
    const LabelEntry& entry = labels_[ids[i++]];
    if (*entry.value != label.value || *entry.name != label.name) return false;
  }
  return true;
}

std::optional<HeadSlot> SeriesTable::Find(const model::Labels& labels) const {
  if (hash_.empty()) return std::nullopt;
  const auto hash = static_cast<uint32_t>(labels.Hash());
  const size_t mask = hash_.size() - 1;
  for (size_t at = hash & mask; hash_[at] != kNone; at = (at + 1) & mask) {
    if (slots_[hash_[at]].hash == hash && IsOf(hash_[at], labels)) return hash_[at];
  }
  return std::nullopt;
}

void SeriesTable::InsertIntoHash(HeadSlot slot) {
  const size_t mask = hash_.size() - 1;
  size_t at = slots_[slot].hash & mask;
  while (hash_[at] != kNone) at = (at + 1) & mask;
  hash_[at] = slot;
}

void SeriesTable::Rehash(size_t buckets) {
  hash_.assign(buckets, kNone);
  for (HeadSlot slot = 0; slot < slots_.size(); ++slot) {
    if (Holds(slot)) InsertIntoHash(slot);
  }
}

SeriesTable::LabelId SeriesTable::Intern(const model::Label& label) {
  const auto name = names_.try_emplace(label.name).first;
  const auto [value, is_new] = name->second.try_emplace(label.value, 0);
  if (!is_new) return value->second;
  if (free_labels_.empty()) {
    free_labels_.push_back(static_cast<LabelId>(labels_.size()));
    labels_.emplace_back();
  }
  value->second = free_labels_.back();
  free_labels_.pop_back();
  labels_[value->second].name = &name->first;
  labels_[value->second].value = &value->first;
  ++labels_[value->second].version;
  text_bytes_ += label.value.size();
  return value->second;
}

HeadSlot SeriesTable::Add(const model::Labels& labels) {
  if (free_slots_.empty()) {
    CHECK(slots_.size() < kNone);
    free_slots_.push_back(static_cast<HeadSlot>(slots_.size()));
    slots_.emplace_back();
  }
  const HeadSlot at = free_slots_.back();
  free_slots_.pop_back();
  const auto first = static_cast<uint32_t>(label_lists_.size());
  for (const model::Label& label : labels) {
    const LabelId id = Intern(label);
    label_lists_.push_back(id);
    Insert(at, labels_[id].series);
  }
  slots_[at] = {.first_label = first,
                .label_count = static_cast<uint32_t>(labels.size()),
                .hash = static_cast<uint32_t>(labels.Hash()),
                .epoch = slots_[at].epoch + 1};
  ++size_;
  if (hash_.size() < 2 * size_) {
    Rehash(std::max<size_t>(64, 2 * hash_.size()));
  } else {
    InsertIntoHash(at);
  }
  return at;
}

void SeriesTable::Remove(std::span<const HeadSlot> slots) {
  if (slots.empty()) return;
  std::vector<bool> gone(slots_.size());
  std::vector<LabelId> touched;
  for (const HeadSlot slot : slots) {
    gone[slot] = true;
    const auto ids = LabelIdsOf(slots_[slot]);
    touched.insert(touched.end(), ids.begin(), ids.end());
    unused_labels_ += slots_[slot].label_count;
    slots_[slot].label_count = 0;
    free_slots_.push_back(slot);
  }
  size_ -= slots.size();
  std::sort(touched.begin(), touched.end());
  touched.erase(std::unique(touched.begin(), touched.end()), touched.end());
  for (const LabelId id : touched) {
    LabelEntry& entry = labels_[id];
    std::erase_if(entry.series, [&](HeadSlot slot) { return gone[slot]; });
    if (!entry.series.empty()) continue;
    text_bytes_ -= entry.value->size();
    const auto name = names_.find(*entry.name);
    name->second.erase(name->second.find(*entry.value));
    if (name->second.empty()) names_.erase(name);
    const uint32_t version = entry.version;
    entry = LabelEntry();
    entry.version = version;
    free_labels_.push_back(id);
  }
  // The lowest slots are given out first, so that the table can shrink in use.
  std::sort(free_slots_.begin(), free_slots_.end(), std::greater<>());
  Rehash(hash_.size());
  if (unused_labels_ > label_lists_.size() / 2) CompactLabelLists();
}

void SeriesTable::CompactLabelLists() {
  std::vector<LabelId> lists;
  lists.reserve(label_lists_.size() - unused_labels_);
  for (Slot& slot : slots_) {
    if (slot.label_count == 0) continue;
    const auto ids = LabelIdsOf(slot);
    slot.first_label = static_cast<uint32_t>(lists.size());
    lists.insert(lists.end(), ids.begin(), ids.end());
  }
  label_lists_ = std::move(lists);
  unused_labels_ = 0;
}

model::Labels SeriesTable::LabelsOf(HeadSlot slot) const {
  std::vector<model::Label> labels;
  labels.reserve(slots_[slot].label_count);
  for (const LabelId id : LabelIdsOf(slots_[slot])) {
    labels.push_back({*labels_[id].name, *labels_[id].value});
  }
  return model::Labels(std::move(labels));
}

void SeriesTable::Sort(std::vector<HeadSlot>& slots) const {
  // The names and values are in order, and so are the places of labels among all labels: a series
  // compares as the list of those places.
  std::vector<uint32_t> rank(labels_.size());
  uint32_t next = 0;
  for (const auto& [name, values] : names_) {
    for (const auto& [value, id] : values) rank[id] = next++;
  }
  std::sort(slots.begin(), slots.end(), [&](HeadSlot a, HeadSlot b) {
    const auto ids_a = LabelIdsOf(slots_[a]);
    const auto ids_b = LabelIdsOf(slots_[b]);
    return std::lexicographical_compare(
        ids_a.begin(), ids_a.end(), ids_b.begin(), ids_b.end(),
        [&](LabelId left, LabelId right) { return rank[left] < rank[right]; });
  });
}

std::vector<HeadSlot> SeriesTable::All() const {
  std::vector<HeadSlot> out;
  out.reserve(size_);
  for (HeadSlot slot = 0; slot < slots_.size(); ++slot) {
    if (Holds(slot)) out.push_back(slot);
  }
  return out;
}

std::vector<HeadSlot> SeriesTable::WithValue(const model::Matcher& matcher, bool wanted) const {
  const auto values = names_.find(matcher.name());
  if (values == names_.end()) return {};
  const bool is_lookup =
      wanted && (matcher.op() == model::MatchOp::kEqual || !matcher.literals().empty());
  std::vector<const std::vector<HeadSlot>*> lists;
  const auto add_value = [&](const std::string& value) {
    const auto found = values->second.find(value);
    if (found != values->second.end()) lists.push_back(&labels_[found->second].series);
  };
  if (is_lookup && matcher.op() == model::MatchOp::kEqual) {
    add_value(matcher.value());
  } else if (is_lookup) {
    for (const std::string& literal : matcher.literals()) add_value(literal);
  } else {
    for (const auto& [value, id] : values->second) {
      if (matcher.Matches(value) == wanted) lists.push_back(&labels_[id].series);
    }
  }
  // A series has one value of a label, so the lists are disjoint.
  std::vector<HeadSlot> out;
  for (const auto* list : lists) out.insert(out.end(), list->begin(), list->end());
  if (lists.size() > 1) std::sort(out.begin(), out.end());
  return out;
}

std::vector<HeadSlot> SeriesTable::Select(std::span<const model::Matcher> matchers) const {
  // A matcher that takes an absent label cannot be answered by who has it, only by who has a
  // value that it refuses.
  std::optional<std::vector<HeadSlot>> selected;
  for (const model::Matcher& matcher : matchers) {
    if (matcher.MatchesEmpty()) continue;
    std::vector<HeadSlot> with = WithValue(matcher, /*wanted=*/true);
    if (selected.has_value()) {
      std::vector<HeadSlot> both;
      std::set_intersection(selected->begin(), selected->end(), with.begin(), with.end(),
                            std::back_inserter(both));
      with = std::move(both);
    }
    if (with.empty()) return with;
    selected = std::move(with);
  }
  if (!selected.has_value()) selected = All();
  for (const model::Matcher& matcher : matchers) {
    if (!matcher.MatchesEmpty()) continue;
    const std::vector<HeadSlot> refused = WithValue(matcher, /*wanted=*/false);
    std::vector<HeadSlot> left;
    std::set_difference(selected->begin(), selected->end(), refused.begin(), refused.end(),
                        std::back_inserter(left));
    selected = std::move(left);
  }
  return *std::move(selected);
}

uint64_t SeriesTable::bytes() const {
  uint64_t bytes = slots_.capacity() * sizeof(Slot) + label_lists_.capacity() * sizeof(LabelId) +
                   hash_.capacity() * sizeof(HeadSlot) + labels_.capacity() * sizeof(LabelEntry) +
                   text_bytes_;
  bytes += (label_lists_.size() - unused_labels_) * sizeof(HeadSlot) * 9 / 8;
  return bytes;
}

}  // namespace glint::tsdb
