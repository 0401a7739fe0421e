#include "promql/histogram_summary.h"

#include "promql/native_histogram.h"

namespace glint::promql {

void HistogramSum::Add(const model::Histogram& histogram) {
  ++count_;
  seen_reset_ |= histogram.counter_reset_hint == model::CounterResetHint::kReset;
  seen_not_reset_ |= histogram.counter_reset_hint == model::CounterResetHint::kNotReset;
  if (incompatible_) return;
  if (sum_ == nullptr) {
    sum_ = std::make_shared<model::Histogram>(histogram);
    return;
  }
  const HistogramMeeting met = promql::Add(*sum_, histogram);
  incompatible_ = met.incompatible;
  bounds_reconciled_ |= met.bounds_reconciled;
}

std::shared_ptr<model::Histogram> HistogramSum::Get(bool average) const {
  if (sum_ == nullptr || incompatible_) return nullptr;
  auto result = std::make_shared<model::Histogram>(*sum_);
  if (average) Divide(*result, static_cast<double>(count_));
  Compact(*result);
  return result;
}

void AnnotateAggregation(const HistogramSum& sum, PositionRange where, AnnotationLog& log) {
  if (sum.hints_collided()) {
    log.Warn(where, "conflicting counter resets during histogram aggregation");
  }
  if (sum.bounds_reconciled() && !sum.incompatible()) {
    log.Inform(where, "mismatched custom buckets were reconciled during aggregation");
  }
}

Point SummarizeHistograms(std::span<const storage::HistogramSample> samples, bool average,
                          RangeCall& call) {
  HistogramSum sum;
  for (const storage::HistogramSample& sample : samples) sum.Add(*sample.histogram);
  AnnotateAggregation(sum, call.range_position, call.annotations());
  std::shared_ptr<model::Histogram> result = sum.Get(average);
  if (result == nullptr) {
    call.annotations().Warn(call.range_position, MixedExponentialAndCustom(call.metric));
    return {};
  }
  return Point::Of(std::move(result));
}

}  // namespace glint::promql
