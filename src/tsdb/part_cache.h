// What was decoded last, for the next who asks: so many slots and bytes, the key says which slot.
//
// Thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "base/mutex.h"

namespace glint::tsdb {

template <typename T>
class PartCache {
 public:
  PartCache(size_t slots, size_t max_bytes)
      : slot_count_(slots), max_bytes_(max_bytes), slots_(slots) {}

  // Null when it is not held.
  std::shared_ptr<const T> Find(uint64_t key) const {
    MutexLock lock(&mutex_);
    const Slot& slot = slots_[SlotOf(key)];
    return slot.key == key ? slot.value : nullptr;
  }

  // What is larger than a fourth of the room is not held.
  void Put(uint64_t key, std::shared_ptr<const T> value, size_t bytes) const {
    if (bytes > max_bytes_ / 4) return;
    MutexLock lock(&mutex_);
    Clear(slots_[SlotOf(key)]);
    while (bytes_ + bytes > max_bytes_) {
      Clear(slots_[hand_]);
      hand_ = (hand_ + 1) % slot_count_;
    }
    bytes_ += bytes;
    slots_[SlotOf(key)] = {key, bytes, std::move(value)};
  }

 private:
  struct Slot {
    uint64_t key = 0;
    size_t bytes = 0;
    std::shared_ptr<const T> value;  // Null: empty.
  };
  // Neighbours do not meet, and keys with a common step spread.
  size_t SlotOf(uint64_t key) const { return (key ^ key >> 16 ^ key >> 32) % slot_count_; }
  void Clear(Slot& slot) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    bytes_ -= slot.bytes;
    slot = Slot();
  }

  const size_t slot_count_;
  const size_t max_bytes_;
  mutable Mutex mutex_;
  mutable std::vector<Slot> slots_ ABSL_GUARDED_BY(mutex_);
  mutable size_t bytes_ ABSL_GUARDED_BY(mutex_) = 0;
  mutable size_t hand_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace glint::tsdb
