// A value that goes up and down: connections open, bytes in use. Lock-free, thread-safe.
#pragma once

#include <atomic>

#include "glint/metric.h"

namespace glint {

class Gauge : public Metric {
 public:
  void Set(double value) { value_.store(value, std::memory_order_relaxed); }
  void Add(double amount);
  void Subtract(double amount) { Add(-amount); }
  void Increment() { Add(1); }
  void Decrement() { Add(-1); }
  void SetToCurrentTime();  // Seconds since the epoch.

  double Value() const { return value_.load(std::memory_order_relaxed); }

  void Write(const std::string& labels, internal::ExpositionWriter& writer) const override;

 private:
  std::atomic<double> value_{0};
};

}  // namespace glint
