#include "net/worker_pool.h"

#include <pthread.h>

#include "base/check.h"

namespace glint::net {

WorkerPool::WorkerPool(std::string name, int threads, size_t max_queued)
    : name_(name.substr(0, 15)), max_queued_(max_queued) {
  CHECK(threads > 0);
  for (int i = 0; i < threads; ++i) threads_.emplace_back([this] { Work(); });
}

WorkerPool::~WorkerPool() { Stop(); }

bool WorkerPool::TrySubmit(std::function<void()> task) {
  {
    const std::lock_guard lock(mutex_);
    if (stopped_ || queue_.size() >= max_queued_) return false;
    queue_.push_back(std::move(task));
  }
  wake_.notify_one();
  return true;
}

void WorkerPool::Stop() {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  wake_.notify_all();
  for (std::thread& thread : threads_) {
    CHECK(thread.get_id() != std::this_thread::get_id());
    if (thread.joinable()) thread.join();
  }
}

void WorkerPool::Work() {
  pthread_setname_np(pthread_self(), name_.c_str());
  while (true) {
    std::function<void()> task;
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [this] { return stopped_ || !queue_.empty(); });
      if (queue_.empty()) return;
      task = std::move(queue_.front());
      queue_.pop_front();
    }
    task();
  }
}

}  // namespace glint::net
