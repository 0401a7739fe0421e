// Instant selectors: at each step the newest sample that is not too old. Thread-compatible.
#pragma once

#include "base/status.h"
#include "promql/evaluation.h"

namespace glint::promql {

enum class SelectWhat : uint8_t {
  kSample,
  kTime,       // Of the sample, in seconds: timestamp(selector).
  kStartTime,  // Of its counter, in seconds, 0 where unknown: start_timestamp(selector).
};

StatusOr<Value> SelectInstant(Evaluation& evaluation, const VectorSelector& selector,
                              const Grid& grid, SelectWhat what);

}  // namespace glint::promql
