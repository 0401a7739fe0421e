// Which series carry which label, so that matchers are answered without looking at every series.
//
// Label name -> value -> ascending refs. Equality is one lookup; a regex runs once on each distinct
// value, never on series. Held in memory only: 8 bytes a label of a series.
//
// Thread-compatible.
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "model/labels.h"
#include "model/matcher.h"
#include "model/series_ref.h"

namespace glint::storage {

class Postings {
 public:
  struct Entry {
    model::SeriesRef ref;
    const model::Labels* labels;  // As they were added.
  };

  // REQUIRES: `ref` is not held. Cheapest when refs ascend.
  void Add(model::SeriesRef ref, const model::Labels& labels);

  // REQUIRES: each entry is held. Costs one pass over every list that one of them is in, so many
  // are taken out together.
  void Remove(std::span<const Entry> entries);

  // Series that all matchers match, ascending in ref. No matcher selects all.
  std::vector<model::SeriesRef> Select(std::span<const model::Matcher> matchers) const;

  size_t size() const { return all_.size(); }

 private:
  using List = std::vector<model::SeriesRef>;  // Ascending, distinct.
  using Values = std::map<std::string, List, std::less<>>;

  // Series whose label has a value for which `matcher` answers `wanted`.
  List WithValue(const model::Matcher& matcher, bool wanted) const;

  List all_;
  std::map<std::string, Values, std::less<>> names_;  // No list is empty.
};

}  // namespace glint::storage
