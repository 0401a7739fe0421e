// Something that goes wrong for a while, gets well, and goes wrong again.
//
// Immutable, thread-safe.
#pragma once

#include <chrono>

namespace glint::demo {

struct IncidentTimes {
  std::chrono::seconds first{45};  // From the start of the demo to its first begin.
  std::chrono::seconds on{60};     // Zero: there is no incident.
  std::chrono::seconds off{60};
};

class Incident {
 public:
  explicit Incident(IncidentTimes times) : times_(times) {}

  bool active() const {
    using std::chrono::steady_clock;
    const auto since_first = steady_clock::now() - start_ - times_.first;
    if (times_.on.count() == 0 || since_first.count() < 0) return false;
    return since_first % (times_.on + times_.off) < times_.on;
  }

 private:
  const IncidentTimes times_;
  const std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace glint::demo
