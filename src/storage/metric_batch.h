// What arrived together: one scrape, one push, one evaluation of a rule. Samples, exemplars and
// metadata travel, are stored and are acknowledged as one.
//
// Columns rather than records, so that a scrape stays a row: one time, an order that repeats from
// scrape to scrape, and no cost for what a sender does not have.
//
// Thread-compatible. Moves; a copy is a mistake more often than not.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/status.h"
#include "model/exemplar.h"
#include "model/histogram.h"
#include "model/metadata.h"
#include "model/series_ref.h"
#include "model/time.h"

namespace glint::storage {

// Who sent it: a scrape target or a pushing client. Batches of one sender lie together in the
// store. Any number that stays the same for the same sender; 0 when there is nothing to say.
using SenderId = uint64_t;

struct HistogramSample {
  model::TimeMs time = 0;
  std::shared_ptr<const model::Histogram> histogram;  // Never null.
  model::TimeMs start_time = 0;                       // When counting began; 0 where unknown.
};

struct MetricBatch {
  SenderId sender = 0;

  // Float samples. `values` is as long as `series`; a staleness marker is the stale NaN.
  std::vector<model::SeriesRef> series;
  std::vector<double> values;
  // The time of every sample, when `times` is empty. Else `times` is as long as `series`.
  model::TimeMs time = 0;
  std::vector<model::TimeMs> times;
  // When counting began, 0 where unknown. Empty when the sender says nothing of it.
  std::vector<model::TimeMs> start_times;

  // Native histograms, their own time each.
  std::vector<model::SeriesRef> histogram_series;
  std::vector<HistogramSample> histograms;

  std::vector<model::SeriesRef> exemplar_series;
  std::vector<model::Exemplar> exemplars;

  std::vector<model::MetricMetadata> metadata;

  model::TimeMs TimeOf(size_t i) const { return times.empty() ? time : times[i]; }
  // INVALID_ARGUMENT: columns of different length, with both.
  Status Check() const;
};

// What became of a batch; every sample and every exemplar is counted in exactly one field.
struct AppendCounts {
  uint64_t samples_stored = 0;       // Histograms too.
  uint64_t samples_repeated = 0;     // Same time and value already held: nothing to do.
  uint64_t samples_conflicting = 0;  // Same time, another value: the first one stays.
  uint64_t samples_too_old = 0;      // Before what the store still takes in.
  uint64_t samples_too_new = 0;      // Further in the future than kMaxFutureMs.
  uint64_t exemplars_stored = 0;
  uint64_t exemplars_repeated = 0;  // Series, time, value, ids and labels equal one already held.
  uint64_t exemplars_expired = 0;   // Older than the retention of the series.
  uint64_t exemplars_too_new = 0;   // Further in the future than kMaxFutureMs.

  uint64_t dropped_samples() const {
    return samples_conflicting + samples_too_old + samples_too_new;
  }
  void Add(const AppendCounts& other);
};

// Clocks of senders differ; more than this is a mistake in units, and would never expire.
inline constexpr int64_t kMaxFutureMs = 10 * 60 * 1000;

}  // namespace glint::storage
