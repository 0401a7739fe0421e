// Writing metrics: samples, exemplars and metadata, a batch at a time.
//
// Two steps, so that a sender which brings the same series every few seconds names them once:
// Resolve() its labels, then Append() columns of refs. Implemented by tsdb::MetricStore on disk,
// MemoryMetrics as the plain twin, and later by a remote column database (a ref is then a hash).
//
// Thread-safe, all of it.
#pragma once

#include <functional>
#include <span>
#include <utility>
#include <vector>

#include "base/status.h"
#include "model/labels.h"
#include "model/series_ref.h"
#include "storage/metric_batch.h"

namespace glint::storage {

// A series that nobody writes to for so long may be forgotten until it is resolved again.
inline constexpr int64_t kRefLifetimeMs = 15 * 60 * 1000;

using AppendDone = std::function<void(StatusOr<AppendCounts>)>;

class MetricWriter {
 public:
  virtual ~MetricWriter() = default;

  // The refs of these series, in their order; a series that is new is made known. Refs stay valid
  // as long as the store is open and the series was written to or resolved within kRefLifetimeMs.
  // REQUIRES: labels not empty.
  // UNAVAILABLE: the store is shutting down. RESOURCE_EXHAUSTED: more series than it may hold.
  virtual StatusOr<std::vector<model::SeriesRef>> Resolve(
      std::span<const model::Labels> series) = 0;

  // Stores a batch. One bad item is counted and never a reason to refuse its neighbours. Durable,
  // as far as the store promises, when it returns OK. May block for a group commit.
  // NOT_FOUND: a ref is unknown or no longer valid: resolve again. Nothing of the batch is stored.
  // INVALID_ARGUMENT: columns of different length. UNAVAILABLE: the disk is full or failing, or
  // the store is shutting down. Nothing of the batch is stored.
  virtual StatusOr<AppendCounts> Append(MetricBatch batch) = 0;

  // The same for a sender whom nobody waits for, a scrape above all: returns at once, and the store
  // may gather for some ms what it then commits as one. `done` is called once with the answer that
  // Append() would have given, on any thread, perhaps before this returns; it is quick and does not
  // call the store.
  virtual void AppendSoon(MetricBatch batch, AppendDone done) { done(Append(std::move(batch))); }
};

}  // namespace glint::storage
