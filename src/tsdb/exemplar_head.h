// Exemplars that are not in a part yet, in memory: few bytes each, by series, any order of arrival.
//
// Thinned at the door by the rule of exemplar_thinning.h, so that a flood of them takes bounded
// room; everything else is kept with all its labels.
//
// Thread-compatible: the head's lock covers it.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "model/exemplar.h"
#include "model/ids.h"
#include "model/time.h"

namespace glint::tsdb {

// A series of the head, as a small dense number.
using HeadSlot = uint32_t;

class ExemplarHead {
 public:
  ExemplarHead();
  ~ExemplarHead();
  ExemplarHead(ExemplarHead&&) noexcept;
  ExemplarHead& operator=(ExemplarHead&&) noexcept;

  enum class Put : uint8_t {
    kStored,
    kRepeated,  // Series, time, value, ids and labels equal one that is held.
  };
  Put Add(HeadSlot series, const model::Exemplar& exemplar, model::TimeMs now);

  // Appends those in the range, oldest first, equal times in order of arrival.
  void Read(HeadSlot series, model::TimeRange range, std::vector<model::Exemplar>& out) const;
  bool Has(HeadSlot series) const;
  // Series that have some, ascending.
  std::vector<HeadSlot> Series() const;

  // Marks the ids that an exemplar held here names; leaves the others as they are.
  void MarkPinned(std::span<const model::TraceId> ids, std::vector<bool>& pinned) const;

  // Lets go those before `time`; how many.
  uint64_t DropBefore(model::TimeMs time);

  uint64_t size() const;     // Held now.
  uint64_t thinned() const;  // Taken away by the rule since the beginning.
  uint64_t bytes() const;    // What all of it takes.
  // From the earliest to the latest; empty when there are none.
  model::TimeRange time() const;

 private:
  struct Columns;
  std::unique_ptr<Columns> columns_;
};

}  // namespace glint::tsdb
