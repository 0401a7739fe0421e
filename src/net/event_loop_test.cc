#include "net/event_loop.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <latch>

#include "net/worker_pool.h"

namespace glint::net {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

TEST(EventLoop, RunsWhatIsPosted) {
  EventLoop loop(2);
  std::promise<int> done;
  loop.Post([&] { done.set_value(7); });
  EXPECT_EQ(done.get_future().get(), 7);
}

// A scrape loop sets its next turn from within its timer.
TEST(Timer, CanBeSetAgainFromItsCallback) {
  EventLoop loop(2);
  Timer timer(loop);
  std::promise<void> done;
  timer.After(milliseconds(1), [&] { timer.After(milliseconds(1), [&] { done.set_value(); }); });
  done.get_future().wait();
}

TEST(Timer, SettingReplacesAndCancellingForgets) {
  EventLoop loop(2);
  std::atomic<int> wrong = 0;
  std::promise<void> done;
  Timer replaced(loop);
  replaced.After(hours(1), [&] { ++wrong; });
  Timer cancelled(loop);
  cancelled.After(milliseconds(5), [&] { ++wrong; });
  cancelled.Cancel();
  replaced.After(milliseconds(20), [&] { done.set_value(); });
  done.get_future().wait();
  EXPECT_EQ(wrong, 0);
}

TEST(Timer, CallsBackAtOnceForATimeThatIsPast) {
  EventLoop loop(1);
  Timer timer(loop);
  std::promise<void> done;
  timer.After(-hours(1), [&] { done.set_value(); });
  done.get_future().wait();
}

// A queue without a limit turns an overload into an out-of-memory.
TEST(WorkerPool, RefusesBeyondItsQueue) {
  WorkerPool pool("test", 1, /*max_queued=*/2);
  std::latch started(1);
  std::promise<void> release;
  std::shared_future<void> released = release.get_future().share();
  std::atomic<int> ran = 0;
  ASSERT_TRUE(pool.TrySubmit([&] {
    started.count_down();
    released.wait();
  }));
  started.wait();
  EXPECT_TRUE(pool.TrySubmit([&] { ++ran; }));
  EXPECT_TRUE(pool.TrySubmit([&] { ++ran; }));
  EXPECT_FALSE(pool.TrySubmit([&] { ++ran; }));
  release.set_value();
  pool.Stop();
  EXPECT_EQ(ran, 2);
  EXPECT_FALSE(pool.TrySubmit([&] { ++ran; }));
}

}  // namespace
}  // namespace glint::net
