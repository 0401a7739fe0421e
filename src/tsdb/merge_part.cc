#include "tsdb/merge_part.h"

#include <utility>

#include "tsdb/merge_columns.h"

namespace glint::tsdb {

PartAsSource::PartAsSource(std::shared_ptr<const Part> part,
                           std::vector<model::MetricMetadata> metadata)
    : part_(std::move(part)), metadata_(std::move(metadata)) {}

StatusOr<std::unique_ptr<PartAsSource>> PartAsSource::Make(std::shared_ptr<const Part> part) {
  ASSIGN_OR_RETURN(std::vector<model::MetricMetadata> metadata, part->Metadata());
  return std::unique_ptr<PartAsSource>(new PartAsSource(std::move(part), std::move(metadata)));
}

model::Labels PartAsSource::LabelsOf(size_t i) const {
  StatusOr<model::Labels> labels = part_->LabelsOf(static_cast<PartSeries>(i));
  if (labels.ok()) return *std::move(labels);
  if (status_.ok()) status_ = labels.status();
  return {};
}

Status PartAsSource::ReadSamples(size_t i, storage::SeriesData& out) {
  ClearColumns(out);
  return part_->ReadSamples(static_cast<PartSeries>(i), model::TimeRange(), out);
}

Status PartAsSource::ReadExemplars(size_t i, std::vector<model::Exemplar>& out) {
  out.clear();
  return part_->ReadExemplars(static_cast<PartSeries>(i), model::TimeRange(), out);
}

bool PartAsSource::MayHaveExemplars(size_t i) const {
  return part_->HasExemplars(static_cast<PartSeries>(i));
}

}  // namespace glint::tsdb
