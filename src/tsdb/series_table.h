// Which series the head knows: labels to a small number and back, in few bytes, and which of them
// have which label.
//
// Every distinct label (name and value) is kept once and has a number; a series is the list of its
// labels' numbers, a label knows its series. About 100 bytes a series of eight labels. Numbers of
// series are used again when a series is forgotten; a SeriesRef tells the two apart.
//
// Thread-compatible.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/labels.h"
#include "model/matcher.h"
#include "model/series_ref.h"
#include "model/time.h"
#include "tsdb/exemplar_head.h"

namespace glint::tsdb {

class SeriesTable {
 public:
  std::optional<HeadSlot> Find(const model::Labels& labels) const;
  // REQUIRES: Find() finds nothing; labels not empty.
  HeadSlot Add(const model::Labels& labels);
  // REQUIRES: each is held, and none twice.
  void Remove(std::span<const HeadSlot> slots);

  model::SeriesRef RefOf(HeadSlot slot) const {
    return {static_cast<uint64_t>(slots_[slot].epoch) << 32 | slot};
  }
  // None when the series of this ref is not held any more, or never was.
  std::optional<HeadSlot> SlotOf(model::SeriesRef ref) const {
    const auto slot = static_cast<HeadSlot>(ref.value);
    if (slot >= slots_.size() || slots_[slot].epoch != ref.value >> 32 ||
        slots_[slot].label_count == 0) {
      return std::nullopt;
    }
    return slot;
  }
  bool Holds(HeadSlot slot) const { return slots_[slot].label_count > 0; }

  // REQUIRES: held.
  model::Labels LabelsOf(HeadSlot slot) const;

  // Every distinct label has a number, which is used again when no series has the label any more;
  // the version tells the two apart, and is never 0.
  using LabelId = uint32_t;
  std::span<const LabelId> LabelIdsOf(HeadSlot slot) const { return LabelIdsOf(slots_[slot]); }
  const std::string& NameOf(LabelId id) const { return *labels_[id].name; }
  const std::string& ValueOf(LabelId id) const { return *labels_[id].value; }
  uint32_t VersionOf(LabelId id) const { return labels_[id].version; }

  // Ascending in slot. No matcher selects all.
  std::vector<HeadSlot> Select(std::span<const model::Matcher> matchers) const;
  // Into the order of labels.
  void Sort(std::vector<HeadSlot>& slots) const;

  // When it was last written to or resolved, by the clock; the newest sample that it ever had here.
  model::TimeMs last_used(HeadSlot slot) const { return slots_[slot].last_used; }
  void set_last_used(HeadSlot slot, model::TimeMs now) { slots_[slot].last_used = now; }
  model::TimeMs newest(HeadSlot slot) const { return slots_[slot].newest; }
  void set_newest(HeadSlot slot, model::TimeMs time) { slots_[slot].newest = time; }

  size_t size() const { return size_; }
  // All slots are below; those that are not held in between.
  size_t slot_end() const { return slots_.size(); }
  uint64_t bytes() const;

 private:
  struct Slot {
    model::TimeMs last_used = 0;
    model::TimeMs newest = model::kMinTimeMs;
    uint32_t first_label = 0;  // In label_lists_.
    uint32_t label_count = 0;  // 0: not held.
    uint32_t hash = 0;
    uint32_t epoch = 0;  // How often the slot was given to a series.
  };
  struct LabelEntry {
    // Both point into names_; null when the id is free.
    const std::string* name = nullptr;
    const std::string* value = nullptr;
    std::vector<HeadSlot> series;  // Ascending.
    uint32_t version = 0;          // How often the number was given to a label.
  };
  using Values = std::map<std::string, LabelId, std::less<>>;

  LabelId Intern(const model::Label& label);
  bool IsOf(HeadSlot slot, const model::Labels& labels) const;
  std::span<const LabelId> LabelIdsOf(const Slot& slot) const {
    return {label_lists_.data() + slot.first_label, slot.label_count};
  }
  void InsertIntoHash(HeadSlot slot);
  void Rehash(size_t buckets);
  void CompactLabelLists();
  std::vector<HeadSlot> WithValue(const model::Matcher& matcher, bool wanted) const;
  std::vector<HeadSlot> All() const;

  std::vector<Slot> slots_;
  std::vector<HeadSlot> free_slots_;
  std::vector<LabelId> label_lists_;
  size_t unused_labels_ = 0;  // Places in label_lists_ that no series has.
  size_t size_ = 0;
  std::map<std::string, Values, std::less<>> names_;  // No entry without a series.
  std::vector<LabelEntry> labels_;
  std::vector<LabelId> free_labels_;
  uint64_t text_bytes_ = 0;
  // Open addressing, a power of two, at most half full; kNone where there is nothing.
  std::vector<HeadSlot> hash_;
};

}  // namespace glint::tsdb
