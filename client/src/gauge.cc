#include "glint/gauge.h"

#include <chrono>

#include "exposition_writer.h"

namespace glint {

void Gauge::Add(double amount) {
  double value = value_.load(std::memory_order_relaxed);
  while (!value_.compare_exchange_weak(value, value + amount, std::memory_order_relaxed)) {
  }
}

void Gauge::SetToCurrentTime() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  Set(std::chrono::duration<double>(now).count());
}

void Gauge::Write(const std::string& labels, internal::ExpositionWriter& writer) const {
  writer.Sample("", labels, Value());
}

}  // namespace glint
