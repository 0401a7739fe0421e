#include "glint/exemplar.h"

#include <ctime>
#include <thread>

namespace glint {
namespace {

int64_t Now(clockid_t clock) {
  timespec time;
  clock_gettime(clock, &time);
  return int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

}  // namespace

void ExemplarSlot::Offer(const SpanContext& span, double value,
                         std::chrono::nanoseconds min_interval) {
  // The coarse clock lags by a few ms and costs a fifth; it may even lie before time_ns_.
  const int64_t taken = time_ns_.load(std::memory_order_relaxed);
  if (taken != 0 && min_interval.count() > 0 &&
      Now(CLOCK_REALTIME_COARSE) - taken < min_interval.count()) {
    return;
  }
  const int64_t now = Now(CLOCK_REALTIME);
  uint64_t version = version_.load(std::memory_order_relaxed);
  if ((version & 1) != 0 ||
      !version_.compare_exchange_strong(version, version + 1, std::memory_order_acq_rel,
                                        std::memory_order_relaxed)) {
    return;
  }
  // Release on each field: whoever reads a new field also sees the odd version before it.
  trace_high_.store(span.trace_id.high, std::memory_order_release);
  trace_low_.store(span.trace_id.low, std::memory_order_release);
  span_.store(span.span_id.value, std::memory_order_release);
  value_.store(value, std::memory_order_release);
  time_ns_.store(now, std::memory_order_release);
  version_.store(version + 2, std::memory_order_release);
}

std::optional<Exemplar> ExemplarSlot::Read() const {
  for (;;) {
    const uint64_t before = version_.load(std::memory_order_acquire);
    if (before == 0) return std::nullopt;
    if ((before & 1) != 0) {
      std::this_thread::yield();
      continue;
    }
    Exemplar exemplar;
    // Acquire on each field keeps the second look at the version after them.
    exemplar.trace_id.high = trace_high_.load(std::memory_order_acquire);
    exemplar.trace_id.low = trace_low_.load(std::memory_order_acquire);
    exemplar.span_id.value = span_.load(std::memory_order_acquire);
    exemplar.value = value_.load(std::memory_order_acquire);
    exemplar.time_ns = time_ns_.load(std::memory_order_acquire);
    if (version_.load(std::memory_order_relaxed) == before) return exemplar;
  }
}

}  // namespace glint
