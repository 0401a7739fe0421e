#include <algorithm>

#include "promql/extended_range.h"
#include "promql/native_histogram.h"

namespace glint::promql {
namespace {

using Samples = std::span<const storage::HistogramSample>;

bool IsGauge(const storage::HistogramSample& sample) {
  return sample.histogram->counter_reset_hint == model::CounterResetHint::kGauge;
}

struct Ends {
  size_t first = 0;  // The last sample at or before the start, else the first one after it.
  size_t last = 0;   // The last one up to the end; smoothed: the first one at or after it.
};

Ends FindEnds(const Window& window, bool smoothed) {
  const Samples samples = window.histograms;
  Ends ends;
  ends.last = samples.size() - 1;
  while (ends.first < ends.last && samples[ends.first + 1].time <= window.start) ++ends.first;
  if (smoothed) {
    size_t i = 0;
    while (i < ends.last && samples[i].time < window.end) ++i;
    ends.last = i;
  }
  return ends;
}

}  // namespace

std::shared_ptr<model::Histogram> Interpolate(const storage::HistogramSample& first,
                                              const storage::HistogramSample& second,
                                              model::TimeMs at, bool counter, bool left_end) {
  const model::Histogram& h1 = *first.histogram;
  const model::Histogram& h2 = *second.histogram;
  if (h1.UsesCustomBuckets() != h2.UsesCustomBuckets()) return nullptr;
  const double share =
      static_cast<double>(at - first.time) / static_cast<double>(second.time - first.time);
  auto result = std::make_shared<model::Histogram>(h2);
  const bool reset = counter && WasReset(h2, h1);
  if (!reset) Subtract(*result, h1);
  Multiply(*result, share);
  if (!reset || !left_end) Add(*result, h1);
  result->counter_reset_hint = h1.counter_reset_hint;
  Compact(*result);
  return result;
}

Point ExtendedHistogramChange(const Window& window, bool smoothed, bool counter, RangeCall& call) {
  const Samples samples = window.histograms;
  const auto [first, last] = FindEnds(window, smoothed);
  if (samples[last].time <= window.start || samples[first].time > window.end) return {};
  const auto warn = [&](const std::string& text) {
    call.annotations().Warn(call.range_position, text);
    return Point();
  };
  for (size_t i = first; i <= last; ++i) {
    if (samples[i].histogram->UsesCustomBuckets() !=
        samples[first].histogram->UsesCustomBuckets()) {
      return warn(MixedExponentialAndCustom(call.metric));
    }
    if (counter && IsGauge(samples[i])) warn(NotACounter(call.metric));
  }
  if (!counter && (!IsGauge(samples[first]) || !IsGauge(samples[last]))) {
    warn(NotAGauge(call.metric));
  }
  const bool left_between = smoothed && samples[first].time < window.start;
  const bool right_between = smoothed && last > 0 && samples[last].time > window.end;
  const bool same_pair = left_between && right_between && first + 1 == last;
  std::shared_ptr<const model::Histogram> left = samples[first].histogram;
  std::shared_ptr<const model::Histogram> right = samples[last].histogram;
  if (left_between) {
    left = Interpolate(samples[first], samples[first + 1], window.start, counter, true);
  }
  if (right_between) {
    right = Interpolate(samples[last - 1], samples[last], window.end, counter, same_pair);
  }
  auto change = std::make_shared<model::Histogram>(*right);
  Subtract(*change, *left);
  // Where the left end lies between two samples, a reset between them is in its value already.
  const model::Histogram* before = left.get();
  for (size_t i = first + 1; counter && i <= last; ++i) {
    const bool beyond = samples[i].time > window.end;
    const bool taken_care_of = (left_between && i == first + 1) || (right_between && beyond);
    if (!taken_care_of && WasReset(*samples[i].histogram, *samples[i - 1].histogram)) {
      Add(*change, *before);
    }
    before = samples[i].histogram.get();
  }
  change->counter_reset_hint = model::CounterResetHint::kGauge;
  Compact(*change);
  return Point::Of(std::move(change));
}

}  // namespace glint::promql
