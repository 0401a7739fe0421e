#include "pipeline/remote_write_cache.h"

namespace glint::pipeline {
namespace {

constexpr uint32_t kSweepEveryS = 60;
constexpr uint32_t kUnusedS = RemoteWriteCache::kUnusedMs / 1000;
// The table is larger than the processor's caches: ask for a slot this many look-ups ahead.
constexpr size_t kAhead = 8;

uint32_t Seconds(int64_t ms) { return static_cast<uint32_t>(ms / 1000); }

}  // namespace

RemoteWriteCache::Found RemoteWriteCache::Find(std::span<const wire::RemoteWriteSeries> series,
                                               int64_t now_ms) {
  Found found;
  found.entries.resize(series.size());
  const uint32_t now_s = Seconds(now_ms);
  const MutexLock lock(&mutex_);
  if (now_s >= next_sweep_s_) Sweep(now_s);
  for (size_t i = 0; i < series.size(); ++i) {
    if (i + kAhead < series.size()) slots_.prefetch(series[i + kAhead].key);
    const auto slot = slots_.find(series[i].key);
    if (slot == slots_.end()) {
      found.missing.push_back(i);
      continue;
    }
    slot->second.used_s = now_s;
    found.entries[i] = slot->second.entry;
  }
  return found;
}

void RemoteWriteCache::Put(std::span<const Addition> additions, int64_t now_ms) {
  if (additions.empty()) return;
  const uint32_t now_s = Seconds(now_ms);
  const MutexLock lock(&mutex_);
  for (const Addition& addition : additions) {
    const auto known = slots_.find(addition.key);
    if (known != slots_.end()) {
      known->second = {addition.entry, now_s};
    } else if (slots_.size() < max_series_) {
      slots_.emplace(addition.key, Slot{addition.entry, now_s});
    }
  }
}

void RemoteWriteCache::Forget(std::span<const wire::RemoteWriteSeries> series) {
  const MutexLock lock(&mutex_);
  for (const wire::RemoteWriteSeries& one : series) slots_.erase(one.key);
}

size_t RemoteWriteCache::size() const {
  const ReaderMutexLock lock(&mutex_);
  return slots_.size();
}

void RemoteWriteCache::Sweep(uint32_t now_s) {
  next_sweep_s_ = now_s + kSweepEveryS;
  absl::erase_if(slots_, [now_s](const auto& slot) {
    // A clock that was put back makes `used_s` the later one.
    return now_s > slot.second.used_s && now_s - slot.second.used_s > kUnusedS;
  });
}

}  // namespace glint::pipeline
