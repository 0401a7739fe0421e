#include "tsdb/part_set.h"

#include <algorithm>
#include <queue>

#include "tsdb/row_block.h"

namespace glint::tsdb {

using model::TimeRange;

PartSet::PartSet(std::vector<std::shared_ptr<const Part>> parts,
                 std::map<uint64_t, Tombstone> tombstones, std::vector<std::string>& warnings)
    : parts_(std::move(parts)), tombstones_(std::move(tombstones)), deleted_(parts_.size()) {
  if (tombstones_.empty()) return;
  for (size_t i = 0; i < parts_.size(); ++i) {
    auto deleted = tsdb::DeletedFrom(*parts_[i], tombstones_);
    if (deleted.ok()) {
      deleted_[i] = *std::move(deleted);
    } else {
      warnings.push_back(deleted.status().ToString());
    }
  }
}

const std::vector<TimeRange>* PartSet::DeletedFrom(PlacedSeries at) const {
  const std::vector<DeletedSeries>& deleted = deleted_[at.part];
  const auto found =
      std::lower_bound(deleted.begin(), deleted.end(), at.series,
                       [](const DeletedSeries& one, PartSeries s) { return one.series < s; });
  return found != deleted.end() && found->series == at.series ? &found->ranges : nullptr;
}

namespace {

// The selected series of one part, one after the other.
struct PartCursor {
  uint32_t part;
  std::vector<PartSeries> series;
  size_t next = 0;
  model::Labels labels;  // Of series[next].
};

}  // namespace

void PartSet::Visit(std::span<const model::Matcher> matchers, TimeRange range, const Visitor& visit,
                    std::vector<std::string>& warnings) const {
  std::vector<PartCursor> cursors;
  // False at the end, or when the rest of the part cannot be read.
  const auto load = [&](PartCursor& cursor) {
    if (cursor.next == cursor.series.size()) return false;
    auto labels = parts_[cursor.part]->LabelsOf(cursor.series[cursor.next]);
    if (!labels.ok()) {
      warnings.push_back(labels.status().ToString());
      return false;
    }
    cursor.labels = *std::move(labels);
    return true;
  };
  for (uint32_t i = 0; i < parts_.size(); ++i) {
    const TimeRange time = parts_[i]->info().time;
    if (!range.Overlaps(time.start, time.end)) continue;
    auto series = parts_[i]->Select(matchers);
    if (!series.ok()) {
      warnings.push_back(series.status().ToString());
      continue;
    }
    PartCursor cursor{.part = i, .series = *std::move(series), .next = 0, .labels = {}};
    if (load(cursor)) cursors.push_back(std::move(cursor));
  }
  // The least labels on top, of equal ones the oldest part.
  const auto is_later = [&](size_t a, size_t b) {
    const auto order = cursors[a].labels <=> cursors[b].labels;
    return order > 0 || (order == 0 && cursors[a].part > cursors[b].part);
  };
  std::priority_queue<size_t, std::vector<size_t>, decltype(is_later)> heads(is_later);
  for (size_t i = 0; i < cursors.size(); ++i) heads.push(i);
  while (!heads.empty()) {
    std::vector<PlacedSeries> places;
    model::Labels labels;
    std::vector<size_t> taken;
    while (!heads.empty() && (taken.empty() || cursors[heads.top()].labels == labels)) {
      PartCursor& cursor = cursors[heads.top()];
      taken.push_back(heads.top());
      heads.pop();
      places.push_back({cursor.part, cursor.series[cursor.next]});
      labels = std::move(cursor.labels);
      ++cursor.next;
    }
    for (const size_t i : taken) {
      if (load(cursors[i])) heads.push(i);
    }
    if (!visit(std::move(labels), std::move(places))) return;
  }
}

StatusOr<bool> PartSet::HasSampleIn(PlacedSeries at, TimeRange range) const {
  if (DeletedFrom(at) == nullptr) return parts_[at.part]->HasSampleIn(at.series, range);
  storage::SeriesData data;
  RETURN_IF_ERROR(ReadSamples(at, range, data));
  return !data.times.empty() || !data.histograms.empty();
}

Status PartSet::ReadSamples(PlacedSeries at, TimeRange range, storage::SeriesData& out) const {
  const std::vector<TimeRange>* deleted = DeletedFrom(at);
  if (deleted == nullptr) return parts_[at.part]->ReadSamples(at.series, range, out);
  storage::SeriesData data;
  RETURN_IF_ERROR(parts_[at.part]->ReadSamples(at.series, range, data));
  CutDeleted(*deleted, data);
  for (size_t i = 0; i < data.times.size(); ++i) {
    AppendSample(data.times[i], data.values[i], data.start_times.empty() ? 0 : data.start_times[i],
                 out);
  }
  out.histograms.insert(out.histograms.end(), data.histograms.begin(), data.histograms.end());
  return OkStatus();
}

Status PartSet::ReadExemplars(PlacedSeries at, TimeRange range,
                              std::vector<model::Exemplar>& out) const {
  if (!parts_[at.part]->HasExemplars(at.series)) return OkStatus();
  const size_t before = out.size();
  RETURN_IF_ERROR(parts_[at.part]->ReadExemplars(at.series, range, out));
  if (const std::vector<TimeRange>* deleted = DeletedFrom(at)) {
    const auto is_deleted = [&](const model::Exemplar& exemplar) {
      return std::any_of(deleted->begin(), deleted->end(),
                         [&](const TimeRange& one) { return one.Contains(exemplar.time); });
    };
    out.erase(std::remove_if(out.begin() + static_cast<ptrdiff_t>(before), out.end(), is_deleted),
              out.end());
  }
  return OkStatus();
}

}  // namespace glint::tsdb
