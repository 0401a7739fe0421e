#include "net/event_loop.h"

#include <pthread.h>

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <mutex>

#include "base/check.h"
#include "net/asio_context.h"

namespace glint::net {

EventLoop::EventLoop(int threads) : context_(std::make_unique<AsioContext>(threads)) {
  CHECK(threads > 0);
  for (int i = 0; i < threads; ++i) {
    context_->threads.emplace_back([this] {
      pthread_setname_np(pthread_self(), "glint-io");
      context_->io.run();
    });
  }
}

EventLoop::~EventLoop() { Stop(); }

void EventLoop::Post(std::function<void()> task) {
  boost::asio::post(context_->io, std::move(task));
}

void EventLoop::Stop() {
  context_->io.stop();
  for (std::thread& thread : context_->threads) {
    CHECK(thread.get_id() != std::this_thread::get_id());
    if (thread.joinable()) thread.join();
  }
}

struct Timer::State {
  explicit State(EventLoop& loop) : timer(loop.context().io) {}

  std::mutex mutex;
  boost::asio::steady_timer timer;  // Guarded by mutex, as is the rest.
  uint64_t generation = 0;          // A wait that ends in another one than it began in is void.
};

Timer::Timer(EventLoop& loop) : state_(std::make_shared<State>(loop)) {}
Timer::Timer(Timer&&) noexcept = default;
Timer& Timer::operator=(Timer&& other) noexcept {
  if (state_ != nullptr) Cancel();
  state_ = std::move(other.state_);
  return *this;
}
Timer::~Timer() {
  if (state_ != nullptr) Cancel();
}

void Timer::At(std::chrono::steady_clock::time_point when, std::function<void()> callback) {
  const std::lock_guard lock(state_->mutex);
  const uint64_t generation = ++state_->generation;
  state_->timer.expires_at(when);
  state_->timer.async_wait([state = state_, generation,
                            callback = std::move(callback)](const boost::system::error_code&) {
    {
      const std::lock_guard lock(state->mutex);
      if (generation != state->generation) return;
    }
    callback();
  });
}

void Timer::Cancel() {
  const std::lock_guard lock(state_->mutex);
  ++state_->generation;
  state_->timer.cancel();
}

}  // namespace glint::net
