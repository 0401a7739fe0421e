// From a decoded remote write request to a batch for the store. Thread-safe.
#pragma once

#include <vector>

#include "model/metadata.h"
#include "model/series_ref.h"
#include "pipeline/remote_write_cache.h"
#include "storage/metric_batch.h"
#include "wire/remote_write.h"

namespace glint::pipeline {

// What the store calls the series of a request.
struct ResolvedSeries {
  std::vector<model::SeriesRef> refs;                // As many as the request's series.
  std::vector<bool> refused;                         // The same, or empty when none is.
  std::vector<model::MetricMetadata> metadata;       // Said of series for the first time.
  std::vector<RemoteWriteCache::Addition> to_cache;  // Once the store has them.
};

// The columns of `request`, moved out of it, and its metadata; items of refused series are left
// out.
storage::MetricBatch TakeBatch(wire::DecodedRemoteWrite& request, ResolvedSeries& resolved);

}  // namespace glint::pipeline
