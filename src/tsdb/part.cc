#include "tsdb/part.h"

#include <algorithm>
#include <utility>

#include "tsdb/part_index.h"
#include "tsdb/part_metadata.h"

namespace glint::tsdb {

Part::Part() = default;
Part::~Part() = default;

StatusOr<std::shared_ptr<const Part>> Part::Open(FileSystem& files, const std::string& path) {
  ASSIGN_OR_RETURN(std::unique_ptr<const Index> index, Index::Open(files, path));
  std::shared_ptr<Part> part(new Part);
  part->index_ = std::move(index);
  return std::shared_ptr<const Part>(std::move(part));
}

const PartInfo& Part::info() const { return index_->bytes().footer().info; }
const std::string& Part::path() const { return index_->bytes().path(); }

StatusOr<std::vector<PartSeries>> Part::Select(std::span<const model::Matcher> matchers) const {
  ASSIGN_OR_RETURN(const SeriesRuns runs, index_->Select(matchers));
  std::vector<PartSeries> out;
  out.reserve(CountSeries(runs));
  for (const SeriesRun& run : runs) {
    for (PartSeries series = run.begin; series < run.end; ++series) out.push_back(series);
  }
  return out;
}

StatusOr<model::Labels> Part::LabelsOf(PartSeries series) const {
  ASSIGN_OR_RETURN(const DirectoryEntry entry, index_->directory().Find(series));
  return index_->LabelsOf(entry);
}

StatusOr<model::TimeRange> Part::RangeOf(PartSeries series) const {
  ASSIGN_OR_RETURN(const DirectoryEntry entry, index_->directory().Find(series));
  ASSIGN_OR_RETURN(const Index::Floats floats, index_->FloatsOf(entry));
  model::TimeRange range{model::kMaxTimeMs, model::kMinTimeMs};
  for (const auto& chunks : {floats.chunks(), entry.HistogramChunks()}) {
    if (chunks.empty()) continue;
    ASSIGN_OR_RETURN(const model::TimeRange first, index_->chunks().RangeOf(chunks.front()));
    ASSIGN_OR_RETURN(const model::TimeRange last, index_->chunks().RangeOf(chunks.back()));
    range.start = std::min(range.start, first.start);
    range.end = std::max(range.end, last.end);
  }
  return range;
}

StatusOr<bool> Part::HasSampleIn(PartSeries series, model::TimeRange range) const {
  ASSIGN_OR_RETURN(const DirectoryEntry entry, index_->directory().Find(series));
  ASSIGN_OR_RETURN(const Index::Floats floats, index_->FloatsOf(entry));
  for (const auto& chunks : {floats.chunks(), entry.HistogramChunks()}) {
    for (const PartChunk& chunk : chunks) {
      ASSIGN_OR_RETURN(const bool has, index_->chunks().HasTimeIn(chunk, range));
      if (has) return true;
    }
  }
  return false;
}

Status Part::ReadSamples(PartSeries series, model::TimeRange range,
                         storage::SeriesData& out) const {
  ASSIGN_OR_RETURN(const DirectoryEntry entry, index_->directory().Find(series));
  const size_t samples = out.times.size();
  const size_t starts = out.start_times.size();
  const size_t histograms = out.histograms.size();
  Status status = index_->ReadSamples(entry, range, out);
  if (!status.ok()) {
    out.times.resize(samples);
    out.values.resize(samples);
    out.start_times.resize(starts);
    out.histograms.resize(histograms);
  }
  return status;
}

Status Part::ReadExemplars(PartSeries series, model::TimeRange range,
                           std::vector<model::Exemplar>& out) const {
  return index_->exemplars().Read(series, range, out);
}

bool Part::HasExemplars(PartSeries series) const {
  const StatusOr<bool> has = index_->exemplars().Has(series);
  return !has.ok() || *has;
}

StatusOr<std::vector<std::string>> Part::LabelNames() const {
  std::vector<std::string> names;
  for (uint32_t i = 0; i < index_->labels().name_count(); ++i) {
    names.push_back(index_->labels().NameAt(i));
  }
  return names;
}

StatusOr<std::vector<std::string>> Part::LabelValues(std::string_view name) const {
  std::vector<std::string> values;
  const std::optional<uint32_t> found = index_->labels().FindName(name);
  if (!found) return values;
  RETURN_IF_ERROR(index_->labels().ForEachValue(*found, [&](const PartLabels::Value& value) {
    values.emplace_back(value.text);
    return OkStatus();
  }));
  return values;
}

StatusOr<std::vector<model::MetricMetadata>> Part::Metadata() const {
  return ReadPartMetadata(index_->bytes());
}

void Part::MarkPinned(std::span<const model::TraceId> ids, std::vector<bool>& pinned) const {
  for (size_t i = 0; i < ids.size(); ++i) {
    if (pinned[i]) continue;
    const StatusOr<bool> is_named = index_->exemplars().Names(ids[i]);
    if (!is_named.ok() || *is_named) pinned[i] = true;
  }
}

Status Part::Verify() const { return index_->Verify(); }

}  // namespace glint::tsdb
