#include "tsdb/batch_limits.h"

namespace glint::tsdb {

void TakeOutTooNew(model::TimeMs now, storage::MetricBatch& batch, storage::AppendCounts& counts) {
  const model::TimeMs latest = now + storage::kMaxFutureMs;
  if (batch.times.empty() && batch.time > latest) {
    counts.samples_too_new += batch.series.size();
    batch.series.clear();
    batch.values.clear();
    batch.start_times.clear();
  } else if (!batch.times.empty()) {
    const auto is_late = [&](size_t i) { return batch.times[i] > latest; };
    RemoveSamples(Mark(batch.times.size(), is_late, counts.samples_too_new), batch);
  }
  const auto histogram = [&](size_t i) { return batch.histograms[i].time > latest; };
  RemoveHistograms(Mark(batch.histograms.size(), histogram, counts.samples_too_new), batch);
  const auto exemplar = [&](size_t i) { return batch.exemplars[i].time > latest; };
  RemoveExemplars(Mark(batch.exemplars.size(), exemplar, counts.exemplars_too_new), batch);
}

}  // namespace glint::tsdb
