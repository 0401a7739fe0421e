// Reading exemplars: the points at which a metric names the trace behind it.
//
// They are written with the samples beside which they came (MetricBatch). A stored exemplar
// promises that its trace opens; keeping the trace is the trace store's part of it: pins.h.
//
// Thread-safe, all of it.
#pragma once

#include <cstddef>
#include <vector>

#include "base/query_budget.h"
#include "base/status.h"
#include "model/exemplar.h"
#include "model/matcher.h"
#include "model/time.h"

namespace glint::storage {

struct ExemplarQuery {
  // A series is selected when all matchers of one of the sets match; no set selects every series.
  std::vector<std::vector<model::Matcher>> any_of;
  model::TimeRange time;
  size_t limit = 0;  // In all; 0: no limit.
};

class ExemplarReader {
 public:
  virtual ~ExemplarReader() = default;

  // Exemplars that match, series ascending in labels, each oldest first. Where more than
  // query.limit match, those returned spread over time and value, and each series' largest value
  // stays. Copies, so they outlive retention. None is an empty result, not an error.
  // CANCELLED, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED: by the budget. DATA_LOSS: unreadable.
  virtual StatusOr<std::vector<model::SeriesExemplars>> SelectExemplars(
      const ExemplarQuery& query, QueryBudget& budget) const = 0;
};

}  // namespace glint::storage
