#include "promql/extended_range.h"

#include <algorithm>

#include "promql/native_histogram.h"

namespace glint::promql {
namespace {

bool TakesSmoothed(FunctionId id) {
  return id == FunctionId::kDelta || id == FunctionId::kIncrease || id == FunctionId::kRate;
}
bool TakesAnchored(FunctionId id) {
  return TakesSmoothed(id) || id == FunctionId::kChanges || id == FunctionId::kResets;
}

Point FloatChange(const Window& window, bool smoothed, bool counter) {
  const auto& times = window.times;
  const auto& values = window.values;
  if (times.empty()) return {};
  size_t last = times.size() - 1;
  const auto after_start =
      std::upper_bound(times.begin(), times.begin() + static_cast<ptrdiff_t>(last), window.start);
  size_t first = static_cast<size_t>(after_start - times.begin());
  if (first > 0) --first;
  if (smoothed) {
    last = static_cast<size_t>(
        std::lower_bound(times.begin(), times.begin() + static_cast<ptrdiff_t>(last), window.end) -
        times.begin());
  }
  if (times[last] <= window.start || times[first] > window.end) return {};
  const bool left_between = smoothed && times[first] < window.start;
  const bool right_between = smoothed && last > 0 && times[last] > window.end;
  const bool same_pair = left_between && right_between && first + 1 == last;
  const double left = left_between ? Interpolate(times[first], values[first], times[first + 1],
                                                 values[first + 1], window.start, counter, true)
                                   : values[first];
  const double right = right_between ? Interpolate(times[last - 1], values[last - 1], times[last],
                                                   values[last], window.end, counter, same_pair)
                                     : values[last];
  double change = right - left;
  if (!counter) return Point::Float(change);
  double before = left;
  for (size_t i = first + (times[first] <= window.start ? 1 : 0); i <= last; ++i) {
    if (times[i] >= window.end) break;
    if (values[i] < before) change += before;
    before = values[i];
  }
  if (right < before) change += before;
  return Point::Float(change);
}

// The samples in a range and the last one before it, of either kind.
Window WithAnchor(const Window& wide) {
  Window window = wide;
  const auto drop_before = [&](model::TimeMs time) {
    while (!window.times.empty() && window.times.front() < time) {
      window.times = window.times.subspan(1);
      window.values = window.values.subspan(1);
      ++window.first_float;
    }
    while (!window.histograms.empty() && window.histograms.front().time < time) {
      window.histograms = window.histograms.subspan(1);
      ++window.first_histogram;
    }
  };
  model::TimeMs anchor = model::kMinTimeMs;
  for (const model::TimeMs time : wide.times) {
    if (time <= wide.start) anchor = std::max(anchor, time);
  }
  for (const storage::HistogramSample& sample : wide.histograms) {
    if (sample.time <= wide.start) anchor = std::max(anchor, sample.time);
  }
  drop_before(anchor);
  return window;
}

bool HasSampleAfter(const Window& window, model::TimeMs time) {
  return (!window.times.empty() && window.times.back() > time) ||
         (!window.histograms.empty() && window.histograms.back().time > time);
}

Point ChangeOver(const Window& wide, bool smoothed, RangeCall& call) {
  const Window window = smoothed ? wide : WithAnchor(wide);
  if (window.mixed()) {
    call.annotations().Warn(call.range_position, MixedFloatsAndHistograms(call.metric));
    return {};
  }
  const bool counter = call.function != FunctionId::kDelta;
  Point point = window.histograms.empty()
                    ? FloatChange(window, smoothed, counter)
                    : ExtendedHistogramChange(window, smoothed, counter, call);
  if (call.function != FunctionId::kRate) return point;
  const double seconds = static_cast<double>(call.range_ms) / 1000;
  if (point.presence == Presence::kFloat) point.value /= seconds;
  if (point.presence == Presence::kHistogram) {
    auto rate = std::make_shared<model::Histogram>(*point.histogram);
    Divide(*rate, seconds);
    point.histogram = std::move(rate);
  }
  return point;
}

}  // namespace

bool IsExtended(const Expr& range) {
  if (range.kind != ExprKind::kMatrixSelector) return false;
  const VectorSelector& selector = *As<MatrixSelector>(range).vector;
  return selector.anchored || selector.smoothed;
}

Status CheckExtendedModifiers(const Expr& range, const FunctionSignature& function) {
  if (!IsExtended(range)) return OkStatus();
  const VectorSelector& selector = *As<MatrixSelector>(range).vector;
  if (selector.anchored && !TakesAnchored(function.id)) {
    return InvalidArgument(
        "anchored modifier can only be used with: changes, delta, increase, rate, resets - not "
        "with {}",
        function.name);
  }
  if (selector.smoothed && !TakesSmoothed(function.id)) {
    return InvalidArgument(
        "smoothed modifier can only be used with: delta, increase, rate - not with {}",
        function.name);
  }
  return OkStatus();
}

double Interpolate(model::TimeMs time1, double value1, model::TimeMs time2, double value2,
                   model::TimeMs at, bool counter, bool left_end) {
  if (counter && value2 < value1) {
    if (left_end) {
      value1 = 0;
    } else {
      value2 += value1;
    }
  }
  return value1 +
         (value2 - value1) * static_cast<double>(at - time1) / static_cast<double>(time2 - time1);
}

Column WalkExtended(SeriesSamples& samples, const RangeShape& shape, const Grid& grid,
                    const MatrixSelector& range, RangeCall& call) {
  const bool smoothed = range.vector->smoothed;
  const bool counts = call.function == FunctionId::kChanges || call.function == FunctionId::kResets;
  FindResets(samples, call.evaluation.options.use_start_timestamps);
  Column column(samples.labels, grid.steps);
  column.drop_name = true;
  call.metric = samples.labels->metric_name();
  RangeShape wide_shape = shape;
  wide_shape.range_ms += shape.read_before_ms + shape.read_after_ms;
  wide_shape.ends.start += shape.read_after_ms;
  for (size_t step = 0; step < grid.steps && call.status.ok(); ++step) {
    Window wide = wide_shape.At(samples, step);
    wide.end = shape.ends.At(step);
    wide.start = wide.end - shape.range_ms;
    if (wide.empty()) continue;
    call.step = step;
    call.time = grid.At(step);
    if (!counts) {
      column.Set(step, ChangeOver(wide, smoothed, call));
    } else if (HasSampleAfter(wide, wide.start)) {
      column.SetFloat(step, static_cast<double>(CountTransitions(
                                WithAnchor(wide), call.function == FunctionId::kResets)));
    }
  }
  return column;
}

}  // namespace glint::promql
