// Which of its stripes a thread adds to. Threads take numbers in turn, so that as many threads as
// there are stripes never meet on one cache line.
#pragma once

#include <atomic>
#include <cstddef>
#include <thread>

namespace glint::internal {

// A power of two, at least the number of cores up to 16. The same for the whole process.
inline size_t StripeCount() {
  static const size_t count = [] {
    const size_t cores = std::thread::hardware_concurrency();
    size_t stripes = 1;
    while (stripes < cores && stripes < 16) stripes *= 2;
    return stripes;
  }();
  return count;
}

inline size_t StripeOfThisThread() {
  static std::atomic<size_t> next{0};
  static thread_local const size_t stripe =
      next.fetch_add(1, std::memory_order_relaxed) & (StripeCount() - 1);
  return stripe;
}

}  // namespace glint::internal
