// A part file as a source, so that it can be merged with others.
//
// Single-threaded.
#pragma once

#include <memory>
#include <vector>

#include "base/status.h"
#include "tsdb/part.h"
#include "tsdb/part_source.h"

namespace glint::tsdb {

class PartAsSource final : public PartSource {
 public:
  // DATA_LOSS: what its metadata are.
  static StatusOr<std::unique_ptr<PartAsSource>> Make(std::shared_ptr<const Part> part);

  size_t series_count() const override { return static_cast<size_t>(part_->info().series); }
  // Without labels when they are unreadable, which status() tells.
  model::Labels LabelsOf(size_t i) const override;
  Status ReadSamples(size_t i, storage::SeriesData& out) override;
  Status ReadExemplars(size_t i, std::vector<model::Exemplar>& out) override;
  bool MayHaveExemplars(size_t i) const override;
  std::vector<model::MetricMetadata> Metadata() const override { return metadata_; }

  // DATA_LOSS: why labels that were asked for could not be read, the first of them.
  const Status& status() const { return status_; }

 private:
  PartAsSource(std::shared_ptr<const Part> part, std::vector<model::MetricMetadata> metadata);

  const std::shared_ptr<const Part> part_;
  const std::vector<model::MetricMetadata> metadata_;
  mutable Status status_;
};

}  // namespace glint::tsdb
