#include "base/query_budget.h"

namespace glint {

QueryBudget::QueryBudget(const QueryLimits& limits, std::stop_token stop)
    : limits_(limits),
      stop_(std::move(stop)),
      deadline_(std::chrono::steady_clock::now() + limits.timeout) {}

Status QueryBudget::Check() const {
  if (stop_.stop_requested()) return Cancelled("query was cancelled: the client went away");
  if (std::chrono::steady_clock::now() > deadline_) {
    return DeadlineExceeded("query timed out after {} ms", limits_.timeout.count());
  }
  return OkStatus();
}

Status QueryBudget::Charge(uint64_t bytes, uint64_t samples) {
  const uint64_t held = bytes_.fetch_add(bytes, std::memory_order_relaxed) + bytes;
  const uint64_t count = samples_.fetch_add(samples, std::memory_order_relaxed) + samples;
  total_samples_.fetch_add(samples, std::memory_order_relaxed);
  uint64_t peak = peak_bytes_.load(std::memory_order_relaxed);
  while (held > peak && !peak_bytes_.compare_exchange_weak(peak, held)) {
  }
  if (held > limits_.max_bytes) {
    return ResourceExhausted("query needs more than its {} bytes of memory: {} asked for",
                             limits_.max_bytes, held);
  }
  if (count > limits_.max_samples) {
    return ResourceExhausted(
        "query processing would load too many samples into memory: {} of at most {}", count,
        limits_.max_samples);
  }
  return Check();
}

void QueryBudget::Release(uint64_t bytes, uint64_t samples) {
  bytes_.fetch_sub(bytes, std::memory_order_relaxed);
  samples_.fetch_sub(samples, std::memory_order_relaxed);
}

}  // namespace glint
