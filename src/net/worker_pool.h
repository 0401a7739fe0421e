// Threads for what may block or compute: request handlers, parsing of scrapes. The queue is
// bounded; at the limit the caller is told and answers for itself.
//
// Thread-safe.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace glint::net {

class WorkerPool {
 public:
  // `name` shows in thread lists; 15 characters at most of it.
  WorkerPool(std::string name, int threads, size_t max_queued);
  ~WorkerPool();  // Stop().
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  // False: the queue is full or the pool stopped; `task` will not run. Tasks must not throw.
  [[nodiscard]] bool TrySubmit(std::function<void()> task);

  // Runs what is queued, then ends the threads. Not from one of them.
  void Stop();

 private:
  void Work();

  const std::string name_;
  const size_t max_queued_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> queue_;  // Guarded by mutex_.
  bool stopped_ = false;                     // Guarded by mutex_.
  std::vector<std::thread> threads_;
};

}  // namespace glint::net
