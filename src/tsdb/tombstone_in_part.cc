#include "tsdb/tombstone_in_part.h"

#include <utility>

namespace glint::tsdb {

bool Concerns(const Tombstone& tombstone, const PartInfo& part) {
  return part.id <= tombstone.last_part && part.time.start <= part.time.end &&
         tombstone.time.Overlaps(part.time.start, part.time.end);
}

StatusOr<std::vector<DeletedSeries>> DeletedFrom(const Part& part,
                                                 const std::map<uint64_t, Tombstone>& tombstones) {
  std::map<PartSeries, std::vector<model::TimeRange>> ranges;
  for (const auto& [id, tombstone] : tombstones) {
    if (!Concerns(tombstone, part.info())) continue;
    for (const std::vector<model::Matcher>& set : tombstone.any_of) {
      ASSIGN_OR_RETURN(const std::vector<PartSeries> selected, part.Select(set));
      for (const PartSeries series : selected) ranges[series].push_back(tombstone.time);
    }
  }
  std::vector<DeletedSeries> out;
  out.reserve(ranges.size());
  for (auto& [series, of_series] : ranges) {
    UniteRanges(of_series);
    if (!of_series.empty()) out.push_back({series, std::move(of_series)});
  }
  return out;
}

}  // namespace glint::tsdb
