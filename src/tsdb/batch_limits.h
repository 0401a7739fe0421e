// What of a batch is refused whatever the store holds. Thread-safe.
#pragma once

#include "model/time.h"
#include "storage/metric_batch.h"

namespace glint::tsdb {

// Takes out samples and exemplars later than storage::kMaxFutureMs from now, and counts them: in
// the log their age could not be judged again.
void TakeOutTooNew(model::TimeMs now, storage::MetricBatch& batch, storage::AppendCounts& counts);

// Removes items at the marked places of a column that is as long, or empty.
template <typename T>
void RemoveMarked(const std::vector<bool>& marked, std::vector<T>& column) {
  if (column.empty()) return;
  size_t kept = 0;
  for (size_t i = 0; i < column.size(); ++i) {
    if (marked[i]) continue;
    if (kept != i) column[kept] = std::move(column[i]);
    ++kept;
  }
  column.resize(kept);
}

// The places of `size` for which `is_out` holds, and adds their number to `count`. Empty when there
// is none.
template <typename IsOut>
std::vector<bool> Mark(size_t size, const IsOut& is_out, uint64_t& count) {
  std::vector<bool> marked;
  for (size_t i = 0; i < size; ++i) {
    if (!is_out(i)) continue;
    marked.resize(size);
    marked[i] = true;
    ++count;
  }
  return marked;
}

inline void RemoveSamples(const std::vector<bool>& marked, storage::MetricBatch& batch) {
  if (marked.empty()) return;
  RemoveMarked(marked, batch.series);
  RemoveMarked(marked, batch.values);
  RemoveMarked(marked, batch.times);
  RemoveMarked(marked, batch.start_times);
}
inline void RemoveHistograms(const std::vector<bool>& marked, storage::MetricBatch& batch) {
  if (marked.empty()) return;
  RemoveMarked(marked, batch.histogram_series);
  RemoveMarked(marked, batch.histograms);
}
inline void RemoveExemplars(const std::vector<bool>& marked, storage::MetricBatch& batch) {
  if (marked.empty()) return;
  RemoveMarked(marked, batch.exemplar_series);
  RemoveMarked(marked, batch.exemplars);
}

}  // namespace glint::tsdb
