// Samples of one series that were gathered from several places, put in order. Thread-safe.
#pragma once

#include "storage/metric_reader.h"

namespace glint::tsdb {

// Ascending in time, each time once: of several samples with one time that which came first in
// `data` stays, a float before a histogram. Costs a look when all is in order already.
void PutInOrder(storage::SeriesData& data);

// Keeps what is in the range. REQUIRES: in order.
void CutTo(model::TimeRange range, storage::SeriesData& data);

}  // namespace glint::tsdb
