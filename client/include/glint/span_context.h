// The identity of a span: what an exemplar carries, and what crosses from process to process.
//
// Ids are held as numbers, most significant byte first, so that comparing and copying them is
// cheap on the hot path; Hex() is how the rest of the world writes them.
//
// All values; the current context is per thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace glint {

struct TraceId {
  uint64_t high = 0;  // The first 8 of the 16 bytes.
  uint64_t low = 0;   // The last 8: what ratio sampling decides by.

  bool IsValid() const { return (high | low) != 0; }
  std::string Hex() const;  // 32 lower-case digits.
  friend bool operator==(const TraceId& a, const TraceId& b) {
    return a.high == b.high && a.low == b.low;
  }
  friend bool operator!=(const TraceId& a, const TraceId& b) { return !(a == b); }
};

struct SpanId {
  uint64_t value = 0;

  bool IsValid() const { return value != 0; }
  std::string Hex() const;  // 16 lower-case digits.
  friend bool operator==(const SpanId& a, const SpanId& b) { return a.value == b.value; }
  friend bool operator!=(const SpanId& a, const SpanId& b) { return !(a == b); }
};

struct SpanContext {
  static constexpr uint8_t kSampledFlag = 0x01;

  TraceId trace_id;
  SpanId span_id;
  uint8_t flags = 0;        // W3C trace-flags.
  bool remote = false;      // Came from another process.
  std::string trace_state;  // W3C tracestate as received; passed on, never read.

  bool IsValid() const { return trace_id.IsValid() && span_id.IsValid(); }
  bool IsSampled() const { return (flags & kSampledFlag) != 0; }
};

// Random, never zero. Each thread has its own generator, seeded from the system.
TraceId NewTraceId();
SpanId NewSpanId();

// The context that is current on this thread (set by Scope), an invalid one where none is. The
// reference holds until the current scope ends.
const SpanContext& CurrentSpanContext();

namespace internal {

// What the hot path of a metric looks at: null where no span is current. Owned by Scope.
extern thread_local const SpanContext* current_span_context;

void AppendHex(uint64_t value, std::string& out);

}  // namespace internal
}  // namespace glint
