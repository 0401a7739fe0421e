// The io threads: sockets, timers and short tasks. Nothing that blocks runs here; that is what
// WorkerPool is for.
//
// Thread-safe.
#pragma once

#include <chrono>
#include <functional>
#include <memory>

namespace glint::net {

struct AsioContext;  // net/asio_context.h, for this directory only.

class EventLoop {
 public:
  explicit EventLoop(int threads = 2);
  // Stops. Servers, clients and timers on this loop are destroyed before it.
  ~EventLoop();
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  // Runs `task` soon on one of the threads, never before returning. Dropped once stopped.
  void Post(std::function<void()> task);

  // Ends the threads; what has not run yet never will. Not from one of the threads.
  void Stop();

  AsioContext& context() { return *context_; }

 private:
  std::unique_ptr<AsioContext> context_;
};

// Calls back once at a time. Thread-safe.
class Timer {
 public:
  explicit Timer(EventLoop& loop);
  // Cancels. A callback that is already running may still be.
  ~Timer();
  Timer(Timer&&) noexcept;
  Timer& operator=(Timer&&) noexcept;

  // Calls `callback` on the loop at `when` (at once if that is past), instead of what was set.
  void At(std::chrono::steady_clock::time_point when, std::function<void()> callback);
  void After(std::chrono::nanoseconds delay, std::function<void()> callback) {
    At(std::chrono::steady_clock::now() + delay, std::move(callback));
  }
  // The callback is not called any more, unless it is running already.
  void Cancel();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace glint::net
