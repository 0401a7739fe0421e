// The exemplar of a histogram bucket or a counter: one measurement and the span it was made in.
//
// Taken by itself: whoever observes while a sampled span is current leaves that span's ids. A slot
// keeps the newest, but takes a new one only `min_interval` after the last, so that a busy bucket
// costs one comparison per observation and not a write.
//
// Exposed with the labels trace_id and span_id, 63 characters of the 128 that OpenMetrics 1.0
// allows.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>

#include "glint/span_context.h"

namespace glint {

struct Exemplar {
  TraceId trace_id;
  SpanId span_id;
  double value = 0;
  int64_t time_ns = 0;  // Since the epoch, when it was taken.
};

// Thread-safe. A reader sees all of one exemplar or none: never the trace id of one and the span
// id of another. A writer that meets another writer leaves the slot to it.
class ExemplarSlot {
 public:
  // Keeps (`span`, `value`) if the slot is empty or its exemplar was taken `min_interval` ago.
  void Offer(const SpanContext& span, double value, std::chrono::nanoseconds min_interval);

  // None while the slot is empty.
  std::optional<Exemplar> Read() const;

 private:
  // Odd while a writer is at work. The fields are atomic only so that reading them during a write
  // is defined; `version_` tells whether what was read belongs together.
  std::atomic<uint64_t> version_{0};
  std::atomic<uint64_t> trace_high_{0};
  std::atomic<uint64_t> trace_low_{0};
  std::atomic<uint64_t> span_{0};
  std::atomic<double> value_{0};
  std::atomic<int64_t> time_ns_{0};  // 0: empty.
};

}  // namespace glint
