// What one query may use: until when, how much memory, and whether anybody still waits for it.
//
// Made by the API for each request and passed by reference to every engine and store; whoever
// loops calls Check() every few thousand items, whoever holds decoded data calls Charge().
//
// Thread-safe: parts of one query run in parallel.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <stop_token>

#include "base/status.h"

namespace glint {

struct QueryLimits {
  std::chrono::milliseconds timeout{120'000};
  uint64_t max_bytes = 1ull << 30;    // Decoded data held at once.
  uint64_t max_samples = 50'000'000;  // As Prometheus' --query.max-samples.
};

class QueryBudget {
 public:
  QueryBudget(const QueryLimits& limits, std::stop_token stop);
  explicit QueryBudget(const QueryLimits& limits = {}) : QueryBudget(limits, std::stop_token()) {}

  // CANCELLED: the caller went away. DEADLINE_EXCEEDED: timeout, with its length.
  Status Check() const;

  // Counts bytes of decoded data and samples towards the limits, and checks as Check() does.
  // RESOURCE_EXHAUSTED: with limit and what was asked for. What was charged stays charged.
  Status Charge(uint64_t bytes, uint64_t samples = 0);

  // Gives back what Charge() took, when the data is let go.
  void Release(uint64_t bytes, uint64_t samples = 0);

  uint64_t peak_bytes() const { return peak_bytes_.load(std::memory_order_relaxed); }
  uint64_t total_samples() const { return total_samples_.load(std::memory_order_relaxed); }
  const QueryLimits& limits() const { return limits_; }
  std::stop_token stop() const { return stop_; }

 private:
  const QueryLimits limits_;
  const std::stop_token stop_;
  const std::chrono::steady_clock::time_point deadline_;
  std::atomic<uint64_t> bytes_ = 0;
  std::atomic<uint64_t> peak_bytes_ = 0;
  std::atomic<uint64_t> samples_ = 0;
  std::atomic<uint64_t> total_samples_ = 0;
};

}  // namespace glint
