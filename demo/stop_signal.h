// Tells all threads of the demo that it ends, and wakes those that pretend to work.
//
// Thread-safe.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace glint::demo {

class StopSignal {
 public:
  void Stop() {
    {
      const std::lock_guard lock(mutex_);
      stopped_ = true;
    }
    wake_.notify_all();
  }

  bool stopped() const {
    const std::lock_guard lock(mutex_);
    return stopped_;
  }

  // False: the sleep was cut short, or did not begin, because of Stop.
  bool SleepUntil(std::chrono::steady_clock::time_point time) {
    std::unique_lock lock(mutex_);
    return !wake_.wait_until(lock, time, [this] { return stopped_; });
  }
  bool SleepFor(std::chrono::duration<double> duration) {
    return SleepUntil(std::chrono::steady_clock::now() +
                      std::chrono::duration_cast<std::chrono::steady_clock::duration>(duration));
  }

 private:
  mutable std::mutex mutex_;  // Guards stopped_.
  std::condition_variable wake_;
  bool stopped_ = false;
};

}  // namespace glint::demo
