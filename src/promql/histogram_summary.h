// Sums and averages of native histograms. Thread-compatible.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "promql/compensated_sum.h"
#include "promql/histogram_parts.h"
#include "promql/range_function.h"

namespace glint::promql {

// Histograms summed up one by one, each number compensated (compensated_sum.h); and what there is
// to say about it.
class HistogramSum {
 public:
  // An average does not overflow where only its sum would.
  explicit HistogramSum(bool average) : average_(average) {}

  // Of what does not fit together there is no sum; Get() is then null.
  void Add(const model::Histogram& histogram);
  std::shared_ptr<model::Histogram> Get() const;

  bool incompatible() const { return incompatible_; }
  // True when it was reset in one place and not in another.
  bool hints_collided() const { return seen_reset_ && seen_not_reset_; }
  bool bounds_reconciled() const { return bounds_reconciled_; }

 private:
  struct Cell {
    int32_t index = 0;
    CompensatedSum sum;
  };
  // All the numbers of a histogram.
  struct Numbers {
    CompensatedSum count;
    CompensatedSum sum;
    CompensatedSum zero_count;
    std::vector<Cell> positive;
    std::vector<Cell> negative;

    bool Overflowed() const;
    void Multiply(double factor);
  };
  static void AddCells(std::vector<Cell>& cells, const std::vector<IndexedBucket>& buckets,
                       double divisor);
  // The sums in the layout of `like`, so that arithmetic on buckets applies to them.
  static std::vector<IndexedBucket> Sums(const std::vector<Cell>& cells, bool lost);
  void Fit(HistogramParts& other, const model::Histogram& histogram);
  void AddNumbers(Numbers& numbers, const HistogramParts& parts, const model::Histogram& histogram,
                  double divisor) const;

  const bool average_;
  model::Histogram layout_;  // Schema, bounds, zero threshold and hint of the result.
  Numbers numbers_;          // Sums; averages once by_steps_.
  uint64_t count_ = 0;
  bool by_steps_ = false;
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
