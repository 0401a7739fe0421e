// The wall clock, behind an interface so that tests own the time.
#pragma once

#include <cstdint>

namespace glint {

class Clock {
 public:
  virtual ~Clock() = default;
  // Nanoseconds since 1970-01-01 UTC. May jump, as wall clocks do. Thread-safe.
  virtual int64_t NowNs() const = 0;
  int64_t NowMs() const { return NowNs() / 1'000'000; }
};

// The machine's own. Lives for ever.
const Clock& SystemClock();

}  // namespace glint
