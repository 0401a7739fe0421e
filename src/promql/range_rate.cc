// rate, increase, delta, irate, idelta.
#include <algorithm>
#include <memory>

#include "promql/histogram_rate.h"
#include "promql/native_histogram.h"
#include "promql/range_function.h"

namespace glint::promql {
namespace {

// The ends of what a window holds, floats or histograms alike.
struct Sampled {
  model::TimeMs first_time = 0;
  model::TimeMs last_time = 0;
  size_t count = 0;
  model::TimeMs start_time = 0;  // Of the first: when counting began, 0 where unknown.
  double first_value = 0;        // Of a counter: where it would be extrapolated from towards zero.
  double change = 0;

  // Counting began within the window: then there was a zero, at a time that is known.
  bool BeganAfter(model::TimeMs start) const {
    return start_time != 0 && start_time > start && start_time < first_time;
  }
};

// By how much the change within the samples is short of the change within the whole window: up to
// its ends where samples lie close to them, else half an interval further; a counter never
// reaches below zero.
double ExtrapolationFactor(const Sampled& sampled, const Window& window, bool counter,
                           bool from_zero) {
  const auto seconds = [](model::TimeMs ms) { return static_cast<double>(ms) / 1000; };
  const double average = sampled.count < 2 ? 0
                                           : seconds(sampled.last_time - sampled.first_time) /
                                                 static_cast<double>(sampled.count - 1);
  const double threshold = average * 1.1;
  const double interval =
      seconds(sampled.last_time - (from_zero ? sampled.start_time : sampled.first_time));
  double to_start = from_zero ? 0 : seconds(sampled.first_time - window.start);
  double to_end = seconds(window.end - sampled.last_time);
  if (to_start >= threshold) to_start = average / 2;
  if (counter && !from_zero && sampled.change > 0 && sampled.first_value >= 0) {
    const double to_zero = interval * (sampled.first_value / sampled.change);
    to_start = std::min(to_start, to_zero);
  }
  if (to_end >= threshold) to_end = average / 2;
  return (interval + to_start + to_end) / interval;
}

double FloatChange(const Window& window, bool counter, bool from_zero) {
  double change = window.values.back() - (from_zero ? 0 : window.values.front());
  if (!counter) return change;
  const std::vector<uint32_t>& resets = window.series->resets;
  const size_t end = window.first_float + window.values.size();
  auto reset = std::upper_bound(resets.begin(), resets.end(), window.first_float);
  for (; reset != resets.end() && *reset < end; ++reset) {
    change += window.series->values[*reset - 1];
  }
  return change;
}

Point Extrapolated(const Window& window, RangeCall& call, bool counter, bool per_second) {
  if (window.mixed()) {
    call.annotations().Warn(call.range_position, MixedFloatsAndHistograms(call.metric));
    return {};
  }
  const bool floats = window.histograms.empty();
  Sampled sampled;
  if (floats) {
    sampled = {window.times.front(), window.times.back(), window.times.size(), 0,
               window.values.front()};
    if (!window.series->start_times.empty()) {
      sampled.start_time = window.series->start_times[window.first_float];
    }
  } else {
    const storage::HistogramSample& first = window.histograms.front();
    sampled = {first.time, window.histograms.back().time, window.histograms.size(),
               first.start_time, first.histogram->count};
  }
  const bool from_zero =
      counter && call.evaluation.options.use_start_timestamps && sampled.BeganAfter(window.start);
  if (sampled.count < (from_zero ? 1 : 2)) return {};
  std::shared_ptr<model::Histogram> histogram;
  if (floats) {
    sampled.change = FloatChange(window, counter, from_zero);
  } else {
    histogram = HistogramChange(window.histograms, counter, from_zero, call);
    if (histogram == nullptr) return {};
    sampled.change = histogram->count;
  }
  double factor = ExtrapolationFactor(sampled, window, counter, from_zero);
  if (per_second) factor /= static_cast<double>(call.range_ms) / 1000;
  if (floats) return Point::Float(sampled.change * factor);
  Multiply(*histogram, factor);
  return Point::Of(std::move(histogram));
}

Point Rate(const Window& window, RangeCall& call) {
  return Extrapolated(window, call, /*counter=*/true, /*per_second=*/true);
}
Point Increase(const Window& window, RangeCall& call) {
  return Extrapolated(window, call, /*counter=*/true, /*per_second=*/false);
}
Point Delta(const Window& window, RangeCall& call) {
  return Extrapolated(window, call, /*counter=*/false, /*per_second=*/false);
}

struct LastTwo {
  const storage::HistogramSample* histograms[2] = {};
  size_t floats[2] = {};
  model::TimeMs times[2] = {};
};

// The newest two samples; [1] is the newer. REQUIRES: there are two.
LastTwo LastTwoOf(const Window& window) {
  LastTwo last;
  size_t floats = window.times.size();
  size_t histograms = window.histograms.size();
  for (int i = 1; i >= 0; --i) {
    const bool take_float =
        floats > 0 &&
        (histograms == 0 || window.times[floats - 1] > window.histograms[histograms - 1].time);
    if (take_float) {
      last.floats[i] = --floats;
      last.times[i] = window.times[floats];
    } else {
      last.histograms[i] = &window.histograms[--histograms];
      last.times[i] = last.histograms[i]->time;
    }
  }
  return last;
}

Point InstantChange(const Window& window, RangeCall& call, bool rate) {
  if (window.times.size() + window.histograms.size() < 2) return {};
  const LastTwo last = LastTwoOf(window);
  if ((last.histograms[0] == nullptr) != (last.histograms[1] == nullptr)) {
    call.annotations().Warn(call.range_position, MixedFloatsAndHistograms(call.metric));
    return {};
  }
  const double seconds = static_cast<double>(last.times[1] - last.times[0]) / 1000;
  if (last.histograms[0] == nullptr) {
    const double now = window.values[last.floats[1]];
    const double before = window.values[last.floats[0]];
    const std::vector<uint32_t>& resets = window.series->resets;
    const bool reset = rate && std::binary_search(resets.begin(), resets.end(),
                                                  window.first_float + last.floats[1]);
    const double change = reset ? now : now - before;
    return Point::Float(rate ? change / seconds : change);
  }
  std::shared_ptr<model::Histogram> change =
      HistogramStep(*last.histograms[0], *last.histograms[1], rate, call);
  if (change == nullptr) return {};
  if (rate) Divide(*change, seconds);
  return Point::Of(std::move(change));
}

Point Irate(const Window& window, RangeCall& call) {
  return InstantChange(window, call, /*rate=*/true);
}
Point Idelta(const Window& window, RangeCall& call) {
  return InstantChange(window, call, /*rate=*/false);
}

}  // namespace

RangeFunction FindRateFunction(FunctionId id) {
  switch (id) {
    case FunctionId::kRate:
      return Rate;
    case FunctionId::kIncrease:
      return Increase;
    case FunctionId::kDelta:
      return Delta;
    case FunctionId::kIrate:
      return Irate;
    case FunctionId::kIdelta:
      return Idelta;
    default:
      return nullptr;
  }
}

}  // namespace glint::promql
