// Which traces stored exemplars point to. Such a trace is kept as long as the exemplar.
//
// The metric store answers, the trace store asks when it is about to let spans go; neither sees
// the other. Thread-safe.
#pragma once

#include <span>
#include <vector>

#include "model/ids.h"

namespace glint::storage {

class Pins {
 public:
  virtual ~Pins() = default;
  // For each id, whether a stored exemplar names it. Exact for what was stored before the call.
  virtual std::vector<bool> ArePinned(std::span<const model::TraceId> ids) const = 0;
};

}  // namespace glint::storage
