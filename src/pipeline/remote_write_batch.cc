#include "pipeline/remote_write_batch.h"

#include <algorithm>
#include <utility>

namespace glint::pipeline {
namespace {

using model::SeriesRef;
using wire::RemoteWriteSeries;

// A run of equal refs for each series that is kept, as long as it has items of one kind.
std::vector<SeriesRef> RefColumn(const wire::DecodedRemoteWrite& request,
                                 const ResolvedSeries& resolved, uint32_t RemoteWriteSeries::*count,
                                 size_t items) {
  std::vector<SeriesRef> column(items);
  auto at = column.begin();
  for (size_t i = 0; i < request.series.size(); ++i) {
    if (!resolved.refused.empty() && resolved.refused[i]) continue;
    at = std::fill_n(at, request.series[i].*count, resolved.refs[i]);
  }
  return column;
}

// Takes the items of refused series out of a column.
template <typename T>
void DropRefused(const wire::DecodedRemoteWrite& request, const std::vector<bool>& refused,
                 uint32_t RemoteWriteSeries::*count, std::vector<T>& column) {
  if (refused.empty() || column.empty()) return;
  auto from = column.begin();
  auto to = column.begin();
  for (size_t i = 0; i < request.series.size(); ++i) {
    const auto end = from + request.series[i].*count;
    if (!refused[i]) to = std::move(from, end, to);
    from = end;
  }
  column.erase(to, column.end());
}

}  // namespace

storage::MetricBatch TakeBatch(wire::DecodedRemoteWrite& request, ResolvedSeries& resolved) {
  const auto drop = [&](auto count, auto& column) {
    DropRefused(request, resolved.refused, count, column);
  };
  drop(&RemoteWriteSeries::samples, request.values);
  drop(&RemoteWriteSeries::samples, request.times);
  drop(&RemoteWriteSeries::samples, request.start_times);
  drop(&RemoteWriteSeries::histograms, request.histograms);
  drop(&RemoteWriteSeries::exemplars, request.exemplars);

  storage::MetricBatch batch;
  batch.series = RefColumn(request, resolved, &RemoteWriteSeries::samples, request.values.size());
  batch.histogram_series =
      RefColumn(request, resolved, &RemoteWriteSeries::histograms, request.histograms.size());
  batch.exemplar_series =
      RefColumn(request, resolved, &RemoteWriteSeries::exemplars, request.exemplars.size());
  batch.values = std::move(request.values);
  batch.start_times = std::move(request.start_times);
  // One scrape passed on: a row with one time.
  const auto& times = request.times;
  if (!times.empty() && std::all_of(times.begin(), times.end(),
                                    [&](model::TimeMs time) { return time == times[0]; })) {
    batch.time = times[0];
  } else {
    batch.times = std::move(request.times);
  }
  batch.histograms.reserve(request.histograms.size());
  for (wire::RemoteWriteHistogram& sample : request.histograms) {
    batch.histograms.push_back({sample.time, std::move(sample.histogram), sample.start_time});
  }
  batch.exemplars = std::move(request.exemplars);
  batch.metadata = std::move(request.metadata);
  std::move(resolved.metadata.begin(), resolved.metadata.end(), std::back_inserter(batch.metadata));
  return batch;
}

}  // namespace glint::pipeline
