// Gathers what several threads bring, so that one of them writes it all at once: one fdatasync for
// everybody who waits.
//
// The first to come leads; whoever comes while it writes waits for the next turn, and one of those
// leads it. No thread of its own, and no delay when only one writes.
//
// Thread-safe.
#pragma once

#include <absl/base/thread_annotations.h>

#include <functional>
#include <span>
#include <utility>
#include <vector>

#include "base/mutex.h"

namespace glint::wal {

template <typename Item>
class GroupCommit {
 public:
  using Commit = std::function<void(std::span<Item* const>)>;

  // `commit` gets items in order of arrival, one group at a time, and leaves its answer in them.
  explicit GroupCommit(Commit commit) : commit_(std::move(commit)) {}

  // Returns when `item` went through commit.
  void Run(Item& item) {
    Waiting mine{&item, false};
    mutex_.Lock();
    waiting_.push_back(&mine);
    while (!mine.done && is_led_) done_.Wait(&mutex_);
    if (!mine.done) Lead();
    mutex_.Unlock();
  }

  // Runs `work` while nothing is committed.
  void RunAlone(const std::function<void()>& work) {
    mutex_.Lock();
    while (is_led_) done_.Wait(&mutex_);
    is_led_ = true;
    mutex_.Unlock();
    work();
    mutex_.Lock();
    is_led_ = false;
    done_.SignalAll();
    mutex_.Unlock();
  }

 private:
  struct Waiting {
    Item* item;
    bool done;
  };

  void Lead() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    is_led_ = true;
    const std::vector<Waiting*> group = std::exchange(waiting_, {});
    mutex_.Unlock();
    std::vector<Item*> items;
    items.reserve(group.size());
    for (const Waiting* waiting : group) items.push_back(waiting->item);
    commit_(items);
    mutex_.Lock();
    for (Waiting* waiting : group) waiting->done = true;
    is_led_ = false;
    done_.SignalAll();
  }

  const Commit commit_;
  Mutex mutex_;
  CondVar done_;
  std::vector<Waiting*> waiting_ ABSL_GUARDED_BY(mutex_);
  bool is_led_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace glint::wal
