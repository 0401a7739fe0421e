// A source, but only what lies in one range of time: how a head that spans partitions is written
// as one part each.
//
// Single-threaded.
#pragma once

#include <vector>

#include "base/status.h"
#include "model/time.h"
#include "tsdb/part_source.h"

namespace glint::tsdb {

// Has the same series; those without anything in the range have empty columns, so no part in what
// is written.
class TimeSlice final : public PartSource {
 public:
  // `source` outlives this.
  TimeSlice(PartSource& source, model::TimeRange range) : source_(source), range_(range) {}

  size_t series_count() const override { return source_.series_count(); }
  model::Labels LabelsOf(size_t i) const override { return source_.LabelsOf(i); }
  Status ReadSamples(size_t i, storage::SeriesData& out) override;
  Status ReadExemplars(size_t i, std::vector<model::Exemplar>& out) override;
  bool MayHaveExemplars(size_t i) const override { return source_.MayHaveExemplars(i); }
  std::vector<model::MetricMetadata> Metadata() const override { return source_.Metadata(); }

 private:
  PartSource& source_;
  const model::TimeRange range_;
};

}  // namespace glint::tsdb
