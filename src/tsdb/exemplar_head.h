// Exemplars that are not in a part yet, in memory: few bytes each, by series, any order of arrival.
//
// Thinned at the door by the rule of exemplar_thinning.h, so that a flood of them takes bounded
// room; everything else is kept with all its labels. The door keeps at most twice what the rule
// does in a cell: what is written out goes through the rule once more, with density().
//
// Thread-compatible: the head's lock covers it.
#pragma once

#include <absl/container/inlined_vector.h>

#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

#include "model/exemplar.h"
#include "model/ids.h"
#include "model/time.h"
#include "tsdb/exemplar_rows.h"
#include "tsdb/exemplar_thinning.h"

namespace glint::tsdb {

// A series of the head, as a small dense number.
using HeadSlot = uint32_t;

class ExemplarHead {
 public:
  // Of one series at one time; where there are more, the first ones and the largest stay.
  static constexpr size_t kMaxAtOneTime = 256;

  // An empty one that goes on where this is: it knows the newest exemplar of each series, and how
  // full the hours of the last day are. For what comes while this one is written out, and after.
  ExemplarHead Successor(model::TimeMs now) const;

  enum class Put : uint8_t {
    kStored,  // Though the rule may have taken it away at once: thinned() counts it then.
    // Series, time, value, ids and labels equal one that is held; or the newest one of the series
    // that DropBefore() let go or a predecessor had: scrapes send it until there is a newer one.
    kRepeated,
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
  // Lets go those of one series in the range; how many. They may come again.
  uint64_t Drop(HeadSlot series, model::TimeRange range);
  // From now on none that is not held counts as repeated: what was let go was deleted, and may come
  // again.
  void ForgetGone();
  // Lets go all of a series, and that it was there: its slot can be given to another one.
  uint64_t Forget(HeadSlot series);

  // Of the fullest hour that has some, those that were thinned and let go counted too.
  ExemplarDensity density() const;

  uint64_t size() const { return rows_.size(); }  // Held now.
  uint64_t thinned() const { return thinned_; }   // Taken away by the rule since the beginning.
  uint64_t bytes() const;                         // What all of it takes.
  // From the earliest to the latest; empty when there are none. Costs a look at each series.
  model::TimeRange time() const;

 private:
  static constexpr size_t kInPlace = 4;
  // Numbers of rows: ascending in time, equal times in order of arrival, no two rows equal.
  using RowList = absl::InlinedVector<uint32_t, kInPlace>;
  struct SeriesList {
    RowList rows;
    // Of those that DropBefore() let go, or that a predecessor had.
    model::TimeMs newest_gone_time = model::kMinTimeMs;
    uint64_t newest_gone = 0;  // Its fingerprint.
  };

  // Stands for the exemplar where only a repeat is to be recognised.
  static uint64_t Fingerprint(model::TimeMs time, double value, const model::TraceId& trace,
                              const model::SpanId& span, const model::Labels& labels);
  static uint64_t HeapBytes(const RowList& rows);
  model::TimeMs TimeAt(const RowList& rows, size_t i) const { return rows_.At(rows[i]).time; }
  ThinningPoint PointOf(uint32_t number) const;
  // Null when there never was one.
  const SeriesList* Find(HeadSlot series) const;
  SeriesList& ListOf(HeadSlot series);
  uint64_t& ArrivedIn(int64_t hour);
  // The first that is not before `time`.
  size_t LowerBound(const RowList& rows, model::TimeMs time) const;
  // Makes `newest` what is remembered, unless that is newer.
  void Remember(const ExemplarRow& newest, SeriesList& list) const;
  bool Equals(uint32_t number, const model::Exemplar& exemplar) const;
  void Insert(RowList& rows, size_t place, const model::Exemplar& exemplar);
  void Replace(uint32_t& number, const model::Exemplar& exemplar);
  void Erase(RowList& rows, size_t begin, size_t end);
  void RemoveRow(uint32_t number);
  void AddThinned(RowList& rows, size_t place, const model::Exemplar& exemplar,
                  const ThinningStage& stage);
  void ThinCell(RowList& rows, size_t begin, size_t end, const ThinningStage& stage);

  ExemplarRows rows_;
  ExemplarLabelSets sets_;
  std::vector<uint32_t> numbers_;  // By slot: number in lists_ + 1; 0: none.
  std::vector<SeriesList> lists_;
  std::vector<uint32_t> free_lists_;  // As in numbers_: of lists that no slot has.
  uint64_t with_some_ = 0;            // Lists that are not empty.
  uint64_t heap_bytes_ = 0;           // Of the lists.
  uint64_t thinned_ = 0;
  // How many came in each hour of their time; and the place of the hour that was last asked for.
  std::unordered_map<int64_t, uint64_t> arrived_;
  int64_t last_hour_ = 0;
  uint64_t* arrived_in_last_hour_ = nullptr;
  std::vector<ThinningPoint> points_;  // Of ThinCell(), for their memory.
  std::vector<uint32_t> kept_;
};

}  // namespace glint::tsdb
