// Samples of one series that were gathered from several places, put in order. Thread-safe.
#pragma once

#include "storage/metric_reader.h"

namespace glint::tsdb {

// Ascending in time, each time once: of several samples with one time that which came first in
// `data` stays, a float before a histogram. Costs a look when all is in order already.
void PutInOrder(storage::SeriesData& data);

// Of what was appended after so many floats and histograms, drops floats that have the time of a
// histogram before, and the other way round: who came first stays. Costs nothing for one kind.
void DropOfOtherKind(size_t floats, size_t histograms, storage::SeriesData& data);

// Keeps what is in the range. REQUIRES: in order.
void CutTo(model::TimeRange range, storage::SeriesData& data);

}  // namespace glint::tsdb
