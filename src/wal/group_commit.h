// Gathers what several threads bring, so that one of them writes it all at once: one fdatasync for
// everybody.
//
// Run() is for a caller who waits: the first to come leads; whoever comes while it writes waits for
// the next turn, and one of those leads it. No delay when only one writes. Post() is for items that
// nobody waits for: they go with the next Run(), or together once the first of them has waited for
// `patience_ms`, by a thread of this object's own, which sleeps as long as nothing is posted.
//
// Thread-safe.
#pragma once

#include <absl/base/thread_annotations.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <stop_token>
#include <thread>
#include <utility>
#include <vector>

#include "base/mutex.h"

namespace glint::wal {

struct GroupCommitOptions {
  int64_t patience_ms = 50;
  // As much that is posted waits at most: who posts beyond it commits, or waits for who does.
  size_t max_posted = 4096;
  uint64_t max_posted_bytes = 4 << 20;
};

template <typename Item>
class GroupCommit {
 public:
  using Commit = std::function<void(std::span<Item* const>)>;

  // `commit` gets items in order of arrival, one group at a time, and leaves its answer in them; a
  // posted one is gone when `commit` returns. It does not call this object.
  explicit GroupCommit(Commit commit, const GroupCommitOptions& options = {})
      : commit_(std::move(commit)), options_(options) {}

  // As Drain(). REQUIRES: nobody is in another method.
  ~GroupCommit() { Drain(); }

  // Returns when `item` went through commit.
  void Run(Item& item) {
    const MutexLock lock(&mutex_);
    waiting_.push_back({&item, nullptr});
    CommitUpTo(++arrived_);
  }

  // Takes `item`, which counts as `bytes` against the limit, and returns at once, or when there is
  // room for more.
  void Post(std::unique_ptr<Item> item, uint64_t bytes) {
    bool is_watched = true;
    {
      const MutexLock lock(&mutex_);
      Item* const posted = item.get();
      waiting_.push_back({posted, std::move(item)});
      ++arrived_;
      posted_bytes_ += bytes;
      if (++posted_ == 1) due_ = DueAfterPatience();
      while (posted_ > options_.max_posted || posted_bytes_ > options_.max_posted_bytes) {
        LeadOrWait();
      }
      if (posted_ > 0 && due_ < next_look_) {
        is_watched = false;
        next_look_ = due_;
        // Who never posts has no thread.
        if (!watch_.joinable()) {
          watch_ = std::jthread([this](const std::stop_token& stop) { Watch(stop); });
        }
      }
    }
    if (!is_watched) Wake();
  }

  // Returns when all that was posted before went through commit.
  void Drain() {
    const MutexLock lock(&mutex_);
    CommitUpTo(arrived_);
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
  using Time = std::chrono::steady_clock::time_point;
  struct Waiting {
    Item* item;
    std::unique_ptr<Item> posted;  // The item, when nobody else holds it.
  };

  Time DueAfterPatience() const {
    const Time now = std::chrono::steady_clock::now();
    const auto most = std::chrono::duration_cast<std::chrono::milliseconds>(Time::max() - now);
    return now + std::min(std::chrono::milliseconds(options_.patience_ms), most);
  }

  void CommitUpTo(uint64_t arrived) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    while (committed_ < arrived) LeadOrWait();
  }

  // Commits all that waits, unless somebody is committing: then waits for the end of that.
  void LeadOrWait() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    if (is_led_) {
      done_.Wait(&mutex_);
      return;
    }
    is_led_ = true;
    posted_ = 0;
    posted_bytes_ = 0;
    const uint64_t last = arrived_;
    std::vector<Waiting> group = std::exchange(waiting_, {});
    mutex_.Unlock();
    std::vector<Item*> items;
    items.reserve(group.size());
    for (const Waiting& waiting : group) items.push_back(waiting.item);
    commit_(items);
    group.clear();
    mutex_.Lock();
    committed_ = last;
    is_led_ = false;
    done_.SignalAll();
  }

  // Commits what has waited long enough; when to look again.
  Time CommitDue() {
    const MutexLock lock(&mutex_);
    while (posted_ > 0 && due_ <= std::chrono::steady_clock::now()) LeadOrWait();
    next_look_ = posted_ > 0 ? due_ : Time::max();
    return next_look_;
  }

  // Not on `done_`: that would wait by the wall clock, which may be set back by hours.
  void Watch(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      const Time next = CommitDue();
      std::unique_lock lock(wake_mutex_);
      wake_.wait_until(lock, stop, next, [this] { return is_woken_; });
      is_woken_ = false;
    }
  }

  void Wake() {
    {
      const std::lock_guard lock(wake_mutex_);
      is_woken_ = true;
    }
    wake_.notify_one();
  }

  const Commit commit_;
  const GroupCommitOptions options_;

  Mutex mutex_;
  CondVar done_;
  std::vector<Waiting> waiting_ ABSL_GUARDED_BY(mutex_);  // In order of arrival.
  uint64_t arrived_ ABSL_GUARDED_BY(mutex_) = 0;          // Items so far.
  uint64_t committed_ ABSL_GUARDED_BY(mutex_) = 0;        // As many of them, the first to come.
  size_t posted_ ABSL_GUARDED_BY(mutex_) = 0;             // Of waiting_.
  uint64_t posted_bytes_ ABSL_GUARDED_BY(mutex_) = 0;
  Time due_ ABSL_GUARDED_BY(mutex_);  // When what is posted has waited long enough.
  Time next_look_ ABSL_GUARDED_BY(mutex_) = Time::max();  // Of watch_, which sleeps until then.
  bool is_led_ ABSL_GUARDED_BY(mutex_) = false;

  std::mutex wake_mutex_;
  std::condition_variable_any wake_;
  bool is_woken_ = false;  // Guarded by wake_mutex_.

  std::jthread watch_ ABSL_GUARDED_BY(mutex_);  // Last: it ends first.
};

}  // namespace glint::wal
