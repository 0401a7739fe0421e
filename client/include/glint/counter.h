// A value that only grows: requests served, bytes sent. Zero when the process starts.
//
//   auto& requests = registry.AddCounter("shop_requests", "Requests answered.", {"code"});
//   auto ok = requests.With("200");   // Once.
//   ok->Increment();                   // As often as you like.
//
// Lock-free and allocation-free, thread-safe. While a sampled span is current, its ids are kept as
// the counter's exemplar, at most one every 100 ms.
#pragma once

#include <atomic>
#include <cstdint>

#include "glint/exemplar.h"
#include "glint/metric.h"

namespace glint {

class Counter : public Metric {
 public:
  void Increment() { Add(uint64_t{1}); }

  void Add(uint64_t amount) {
    whole_.fetch_add(amount, std::memory_order_relaxed);
    if (internal::current_span_context != nullptr) TakeExemplar(static_cast<double>(amount));
  }
  void Add(int amount) { AddFraction(amount); }

  // A negative amount or NaN would break the promise of the type and is ignored.
  void Add(double amount) { AddFraction(amount); }

  double Value() const;

  void Write(const std::string& labels, internal::ExpositionWriter& writer) const override;

 private:
  void AddFraction(double amount);
  void TakeExemplar(double amount);

  // Whole amounts are one fetch_add; the rest goes where a loop is needed.
  std::atomic<uint64_t> whole_{0};
  std::atomic<double> fraction_{0};
  ExemplarSlot exemplar_;
};

}  // namespace glint
