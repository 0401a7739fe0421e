#include "promql/histogram_rate.h"

#include <algorithm>

#include "promql/native_histogram.h"

namespace glint::promql {
namespace {

constexpr std::string_view kReconciled = "mismatched custom buckets were reconciled during ";

bool IsGauge(const storage::HistogramSample& sample) {
  return sample.histogram->counter_reset_hint == model::CounterResetHint::kGauge;
}

}  // namespace

std::shared_ptr<model::Histogram> HistogramChange(std::span<const storage::HistogramSample> samples,
                                                  bool counter, RangeCall& call) {
  const auto warn = [&](const std::string& text) {
    call.annotations().Warn(call.range_position, text);
  };
  const model::Histogram* before = samples[0].histogram.get();
  const model::Histogram& last = *samples.back().histogram;
  if (counter && std::any_of(samples.begin(), samples.end(), IsGauge)) {
    warn(NotACounter(call.metric));
  }
  // Where the counter began anew after the first sample, that one's buckets do not matter.
  model::Histogram zero;
  const model::Histogram& second = *samples[1].histogram;
  if (counter && WasReset(second, *before)) {
    zero.schema = second.schema;
    zero.custom_values = second.custom_values;
    before = &zero;
  }
  int32_t schema = std::min(before->schema, last.schema);
  for (size_t i = 1; i < samples.size(); ++i) {
    const model::Histogram& sample = *samples[i].histogram;
    if (!counter && i + 1 < samples.size()) continue;
    if (sample.UsesCustomBuckets() != before->UsesCustomBuckets()) {
      warn(MixedExponentialAndCustom(call.metric));
      return nullptr;
    }
    schema = std::min(schema, sample.schema);
  }
  auto change = std::make_shared<model::Histogram>(last);
  ReduceSchema(*change, schema);
  if (Subtract(*change, *before).bounds_reconciled) {
    call.annotations().Inform(call.range_position, std::string(kReconciled) + "subtraction");
  }
  if (counter) {
    for (size_t i = 1; i < samples.size(); ++i) {
      const model::Histogram& now = *samples[i].histogram;
      if (WasReset(now, *before) && Add(*change, *before).bounds_reconciled) {
        call.annotations().Inform(call.range_position, std::string(kReconciled) + "addition");
      }
      before = &now;
    }
  } else if (!IsGauge(samples.front()) || !IsGauge(samples.back())) {
    warn(NotAGauge(call.metric));
  }
  change->counter_reset_hint = model::CounterResetHint::kGauge;
  Compact(*change);
  return change;
}

std::shared_ptr<model::Histogram> HistogramStep(const storage::HistogramSample& before,
                                                const storage::HistogramSample& now, bool rate,
                                                RangeCall& call) {
  if (rate && (IsGauge(before) || IsGauge(now))) {
    call.annotations().Warn(call.range_position, NotACounter(call.metric));
  }
  if (!rate && (!IsGauge(before) || !IsGauge(now))) {
    call.annotations().Warn(call.range_position, NotAGauge(call.metric));
  }
  auto change = std::make_shared<model::Histogram>(*now.histogram);
  if (!rate || !WasReset(*now.histogram, *before.histogram)) {
    const HistogramMeeting met = Subtract(*change, *before.histogram);
    if (met.incompatible) {
      call.annotations().Warn(call.range_position, MixedExponentialAndCustom(call.metric));
      return nullptr;
    }
    if (met.bounds_reconciled) {
      call.annotations().Inform(call.range_position, std::string(kReconciled) + "subtraction");
    }
  }
  change->counter_reset_hint = model::CounterResetHint::kGauge;
  Compact(*change);
  return change;
}

}  // namespace glint::promql
