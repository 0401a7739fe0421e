#include "glint/counter.h"

#include <chrono>

#include "exposition_writer.h"

namespace glint {
namespace {

constexpr std::chrono::milliseconds kExemplarInterval{100};

void AtomicAdd(std::atomic<double>& target, double amount) {
  double value = target.load(std::memory_order_relaxed);
  while (!target.compare_exchange_weak(value, value + amount, std::memory_order_relaxed)) {
  }
}

}  // namespace

void Counter::AddFraction(double amount) {
  if (!(amount >= 0)) return;
  AtomicAdd(fraction_, amount);
  if (internal::current_span_context != nullptr) TakeExemplar(amount);
}

void Counter::TakeExemplar(double amount) {
  const SpanContext& span = *internal::current_span_context;
  if (span.IsSampled()) exemplar_.Offer(span, amount, kExemplarInterval);
}

double Counter::Value() const {
  return static_cast<double>(whole_.load(std::memory_order_relaxed)) +
         fraction_.load(std::memory_order_relaxed);
}

void Counter::Write(const std::string& labels, internal::ExpositionWriter& writer) const {
  writer.Sample("_total", labels, Value(), exemplar_.Read());
}

}  // namespace glint
