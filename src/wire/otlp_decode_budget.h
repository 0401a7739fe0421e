// How much memory one request may still take while it is decoded. Single-threaded.
#pragma once

#include <cstddef>

#include "base/status.h"
#include "wire/otlp_decode.h"

namespace glint::wire {

class OtlpDecodeBudget {
 public:
  explicit OtlpDecodeBudget(size_t request_bytes)
      : limit_(request_bytes * kMaxExpansion + kAllowance), left_(limit_) {}

  // RESOURCE_EXHAUSTED: with the limit.
  Status Charge(size_t bytes) {
    if (bytes > left_) {
      return ResourceExhausted("request takes more than {} bytes once decoded", limit_);
    }
    left_ -= bytes;
    return OkStatus();
  }

 private:
  static constexpr size_t kAllowance = 64 * 1024;
  const size_t limit_;
  size_t left_;
};

}  // namespace glint::wire
