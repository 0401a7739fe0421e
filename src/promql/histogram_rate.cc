#include "promql/histogram_rate.h"

#include <algorithm>

#include "promql/native_histogram.h"

namespace glint::promql {
namespace {

constexpr std::string_view kReconciled = "mismatched custom buckets were reconciled during ";

bool IsGauge(const storage::HistogramSample& sample) {
  return sample.histogram->counter_reset_hint == model::CounterResetHint::kGauge;
}

bool WasResetBetween(const storage::HistogramSample& before, const storage::HistogramSample& now,
                     const RangeCall& call) {
  return WasReset(*now.histogram, *before.histogram) ||
         (call.evaluation.options.use_start_timestamps &&
          BeganBetween(before.time, before.start_time, now.time, now.start_time));
}

}  // namespace

std::shared_ptr<model::Histogram> HistogramChange(std::span<const storage::HistogramSample> samples,
                                                  bool counter, bool from_zero, RangeCall& call) {
  const auto warn = [&](const std::string& text) {
    call.annotations().Warn(call.range_position, text);
  };
  const model::Histogram& last = *samples.back().histogram;
  if (counter && std::any_of(samples.begin(), samples.end(), IsGauge)) {
    warn(NotACounter(call.metric));
  }
  // Where the counter began anew after the first sample, that one's buckets do not matter.
  const bool first_reset = counter && !from_zero && WasResetBetween(samples[0], samples[1], call);
  const model::Histogram& reference = *samples[first_reset ? 1 : 0].histogram;
  model::Histogram zero;
  zero.schema = reference.schema;
  zero.custom_values = reference.custom_values;
  const model::Histogram& base = from_zero || first_reset ? zero : reference;
  int32_t schema = std::min(base.schema, last.schema);
  for (size_t i = 1; i < samples.size(); ++i) {
    const model::Histogram& sample = *samples[i].histogram;
    if (!counter && i + 1 < samples.size()) continue;
    if (sample.UsesCustomBuckets() != base.UsesCustomBuckets()) {
      warn(MixedExponentialAndCustom(call.metric));
      return nullptr;
    }
    schema = std::min(schema, sample.schema);
  }
  auto change = std::make_shared<model::Histogram>(last);
  ReduceSchema(*change, schema);
  if (Subtract(*change, base).bounds_reconciled) {
    call.annotations().Inform(call.range_position, std::string(kReconciled) + "subtraction");
  }
  for (size_t i = first_reset ? 2 : 1; counter && i < samples.size(); ++i) {
    if (WasResetBetween(samples[i - 1], samples[i], call) &&
        Add(*change, *samples[i - 1].histogram).bounds_reconciled) {
      call.annotations().Inform(call.range_position, std::string(kReconciled) + "addition");
    }
  }
  if (!counter && (!IsGauge(samples.front()) || !IsGauge(samples.back()))) {
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
  if (!rate || !WasResetBetween(before, now, call)) {
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
