// Sums and averages of native histograms. Thread-compatible.
#pragma once

#include <memory>
#include <span>

#include "promql/range_function.h"

namespace glint::promql {

// Histograms summed up one by one, and what was to be said about it.
class HistogramSum {
 public:
  // A sum of what does not fit together is none; Get() is then null.
  void Add(const model::Histogram& histogram);
  // Null when there is no sum. Divided by the number of histograms when `average`.
  std::shared_ptr<model::Histogram> Get(bool average) const;

  uint64_t count() const { return count_; }
  bool incompatible() const { return incompatible_; }
  // True when it was reset in one place and not in another.
  bool hints_collided() const { return seen_reset_ && seen_not_reset_; }
  bool bounds_reconciled() const { return bounds_reconciled_; }

 private:
  std::shared_ptr<model::Histogram> sum_;
  uint64_t count_ = 0;
  bool incompatible_ = false;
  bool bounds_reconciled_ = false;
  bool seen_reset_ = false;
  bool seen_not_reset_ = false;
};

// Says what `sum` has to say about an aggregation.
void AnnotateAggregation(const HistogramSum& sum, PositionRange where, AnnotationLog& log);

// sum_over_time and avg_over_time. REQUIRES: not empty.
Point SummarizeHistograms(std::span<const storage::HistogramSample> samples, bool average,
                          RangeCall& call);

}  // namespace glint::promql
