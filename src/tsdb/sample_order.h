// Samples of one series that were gathered from several places, put in order. Thread-safe.
#pragma once

#include <cstddef>

#include "storage/metric_reader.h"

namespace glint::tsdb {

// Ascending in time, each time once: of several samples with one time that which came first in
// `data` stays, a float before a histogram. Costs a look when all is in order already.
void PutInOrder(storage::SeriesData& data);

// Of what was appended after so many floats and histograms, drops floats that have the time of a
// histogram before, and the other way round: who came first stays. Costs nothing for one kind.
void DropOfOtherKind(size_t floats, size_t histograms, storage::SeriesData& data);

// Takes away the floats for whose time `is_out` holds; it is asked once for each, in their order.
template <typename IsOut>
void DropFloats(storage::SeriesData& data, IsOut&& is_out) {
  size_t kept = 0;
  for (size_t i = 0; i < data.times.size(); ++i) {
    if (is_out(data.times[i])) continue;
    data.times[kept] = data.times[i];
    data.values[kept] = data.values[i];
    if (!data.start_times.empty()) data.start_times[kept] = data.start_times[i];
    ++kept;
  }
  data.times.resize(kept);
  data.values.resize(kept);
  if (!data.start_times.empty()) data.start_times.resize(kept);
}

// Keeps what is in the range. REQUIRES: in order.
void CutTo(model::TimeRange range, storage::SeriesData& data);

}  // namespace glint::tsdb
