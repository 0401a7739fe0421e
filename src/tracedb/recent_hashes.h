// The hashes of what came lately, so that a sender's retry is recognised.
//
// Two generations: when the younger is full the older is forgotten. So at least the last
// `capacity` hashes are known and at most twice as many, at 8 to 32 bytes each.
//
// Thread-compatible.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace glint::tracedb {

class RecentHashes {
 public:
  explicit RecentHashes(size_t capacity) : capacity_(capacity) {}

  bool Contains(uint64_t hash) const { return young_.Contains(hash) || old_.Contains(hash); }

  void Add(uint64_t hash) {
    if (young_.size() >= capacity_) {
      old_ = std::exchange(young_, Table());
    }
    young_.Add(hash);
  }

 private:
  // Open addressing; 0 marks a free slot, so the hash 0 is never known.
  class Table {
   public:
    size_t size() const { return size_; }

    bool Contains(uint64_t hash) const {
      if (slots_.empty()) return false;
      for (size_t i = hash & (slots_.size() - 1); slots_[i] != 0;
           i = (i + 1) & (slots_.size() - 1)) {
        if (slots_[i] == hash) return true;
      }
      return false;
    }

    void Add(uint64_t hash) {
      if (hash == 0) return;
      if (2 * (size_ + 1) > slots_.size()) Grow();
      size_t i = hash & (slots_.size() - 1);
      while (slots_[i] != 0 && slots_[i] != hash) i = (i + 1) & (slots_.size() - 1);
      size_ += slots_[i] == 0;
      slots_[i] = hash;
    }

   private:
    void Grow() {
      const std::vector<uint64_t> held =
          std::exchange(slots_, std::vector<uint64_t>(slots_.empty() ? 64 : 2 * slots_.size()));
      size_ = 0;
      for (const uint64_t hash : held) Add(hash);
    }

    std::vector<uint64_t> slots_;  // A power of two, at most half full.
    size_t size_ = 0;
  };

  const size_t capacity_;
  Table young_;
  Table old_;
};

}  // namespace glint::tracedb
