// Which ref the store gave the series that remote write names in every request: what spares the
// making of labels and the store's own look-up.
//
// Bounded: a series that no request named for kUnusedMs is forgotten, and beyond kMaxSeries none is
// taken in, so that those are looked up in the store each time.
//
// Thread-safe.
#pragma once

#include <absl/container/flat_hash_map.h>

#include <cstdint>
#include <span>
#include <vector>

#include "base/mutex.h"
#include "model/series_ref.h"
#include "wire/remote_write.h"

namespace glint::pipeline {

class RemoteWriteCache {
 public:
  // Well below storage::kRefLifetimeMs: the store should not forget first.
  static constexpr int64_t kUnusedMs = 10 * 60 * 1000;
  static constexpr size_t kMaxSeries = 2'000'000;  // Of about 50 bytes.

  explicit RemoteWriteCache(size_t max_series = kMaxSeries) : max_series_(max_series) {}

  struct Entry {
    model::SeriesRef ref;
    uint32_t metadata_hash = 0;  // What 2.0 last said of the series; 0: nothing.
  };
  struct Found {
    std::vector<Entry> entries;   // As many as series were asked for.
    std::vector<size_t> missing;  // Of those, the unknown; ascending.
  };
  Found Find(std::span<const wire::RemoteWriteSeries> series, int64_t now_ms);

  struct Addition {
    wire::SeriesKey key;
    Entry entry;
  };
  void Put(std::span<const Addition> additions, int64_t now_ms);
  void Forget(std::span<const wire::RemoteWriteSeries> series);

  size_t size() const;

 private:
  struct Slot {
    Entry entry;
    uint32_t used_s = 0;  // Seconds since 1970, which 32 bits hold until 2106.
  };
  struct KeyHash {
    size_t operator()(const wire::SeriesKey& key) const { return key.low; }
  };
  void Sweep(uint32_t now_s) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const size_t max_series_;
  mutable Mutex mutex_;
  absl::flat_hash_map<wire::SeriesKey, Slot, KeyHash> slots_ ABSL_GUARDED_BY(mutex_);
  uint32_t next_sweep_s_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace glint::pipeline
