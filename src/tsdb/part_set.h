// The live parts at one moment, and what is deleted from them. Immutable: whoever holds it reads
// the same, whatever is compacted or deleted meanwhile.
//
// Thread-safe.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/status.h"
#include "model/labels.h"
#include "model/matcher.h"
#include "storage/metric_reader.h"
#include "tsdb/compaction.h"
#include "tsdb/manifest.h"
#include "tsdb/part.h"

namespace glint::tsdb {

// A series of one of the parts.
struct PlacedSeries {
  uint32_t part;  // Its place in parts().
  PartSeries series;
};

class PartSet {
 public:
  PartSet() = default;
  // `parts` in order of age: of samples with one time that of the first counts. What a tombstone
  // deletes from a part that cannot be read is not known; such a part is named in `warnings`.
  PartSet(std::vector<std::shared_ptr<const Part>> parts, std::map<uint64_t, Tombstone> tombstones,
          std::vector<std::string>& warnings);

  const std::vector<std::shared_ptr<const Part>>& parts() const { return parts_; }
  const std::map<uint64_t, Tombstone>& tombstones() const { return tombstones_; }

  // Calls `visit` for each series that matches in a part that the range touches, ascending in
  // labels, with all its places, oldest part first. Parts that cannot be read are named in
  // `warnings`. False from `visit` ends it.
  using Visitor = std::function<bool(model::Labels, std::vector<PlacedSeries>)>;
  void Visit(std::span<const model::Matcher> matchers, model::TimeRange range, const Visitor& visit,
             std::vector<std::string>& warnings) const;

  // Whether a sample is left in the range.
  StatusOr<bool> HasSampleIn(PlacedSeries at, model::TimeRange range) const;
  // Append what is left of them in the range.
  Status ReadSamples(PlacedSeries at, model::TimeRange range, storage::SeriesData& out) const;
  Status ReadExemplars(PlacedSeries at, model::TimeRange range,
                       std::vector<model::Exemplar>& out) const;

 private:
  // Null when nothing of the series is deleted.
  const std::vector<model::TimeRange>* DeletedFrom(PlacedSeries at) const;

  std::vector<std::shared_ptr<const Part>> parts_;
  std::map<uint64_t, Tombstone> tombstones_;
  std::vector<std::vector<DeletedSeries>> deleted_;  // By part, ascending in series.
};

}  // namespace glint::tsdb
