// What looks at how the values of a window follow each other: slopes, smoothing, changes, resets.
#include <algorithm>
#include <cmath>
#include <limits>

#include "promql/compensated_sum.h"
#include "promql/native_histogram.h"
#include "promql/range_function.h"

namespace glint::promql {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

struct Line {
  double slope = 0;  // A second.
  double at_origin = 0;
};

// Least squares; times count from `origin`.
Line FitLine(const Window& window, model::TimeMs origin) {
  CompensatedSum x_sum;
  CompensatedSum y_sum;
  CompensatedSum xy_sum;
  CompensatedSum xx_sum;
  bool constant = true;
  for (size_t i = 0; i < window.values.size(); ++i) {
    const double x = static_cast<double>(window.times[i] - origin) / 1000;
    const double y = window.values[i];
    constant = constant && y == window.values[0];
    x_sum.Add(x);
    y_sum.Add(y);
    xy_sum.Add(x * y);
    xx_sum.Add(x * x);
  }
  if (constant) {
    if (std::isinf(window.values[0])) return {kNan, kNan};
    return {0, window.values[0]};
  }
  const auto n = static_cast<double>(window.values.size());
  const double x = x_sum.sum + x_sum.lost;
  const double y = y_sum.sum + y_sum.lost;
  const double xy = xy_sum.sum + xy_sum.lost;
  const double xx = xx_sum.sum + xx_sum.lost;
  const double slope = (xy - x * y / n) / (xx - x * x / n);
  return {slope, y / n - slope * x / n};
}

bool EnoughForLine(const Window& window, RangeCall& call) {
  if (window.mixed()) {
    call.annotations().Inform(call.range_position, HistogramsIgnoredInRange(call.metric));
  }
  return window.values.size() >= 2;
}

Point Deriv(const Window& window, RangeCall& call) {
  if (!EnoughForLine(window, call)) return {};
  return Point::Float(FitLine(window, window.times[0]).slope);
}

Point PredictLinear(const Window& window, RangeCall& call) {
  if (!EnoughForLine(window, call)) return {};
  const Line line = FitLine(window, call.time);
  return Point::Float(line.slope * call.scalars[0][call.step] + line.at_origin);
}

Point DoubleExponentialSmoothing(const Window& window, RangeCall& call) {
  const double smoothing = call.scalars[0][call.step];
  const double trend = call.scalars[1][call.step];
  if (!(smoothing >= 0 && smoothing <= 1)) {
    call.status =
        InvalidArgument("invalid smoothing factor. Expected: 0 <= sf <= 1, got: {:f}", smoothing);
    return {};
  }
  if (!(trend >= 0 && trend <= 1)) {
    call.status = InvalidArgument("invalid trend factor. Expected: 0 <= tf <= 1, got: {:f}", trend);
    return {};
  }
  if (!EnoughForLine(window, call)) return {};
  double before = 0;
  double level = window.values[0];
  double slope = window.values[1] - window.values[0];
  for (size_t i = 1; i < window.values.size(); ++i) {
    if (i > 1) slope = trend * (level - before) + (1 - trend) * slope;
    const double next = smoothing * window.values[i] + (1 - smoothing) * (level + slope);
    before = level;
    level = next;
  }
  return Point::Float(level);
}

}  // namespace

size_t CountTransitions(const Window& window, bool resets) {
  const std::vector<uint32_t>& reset_at = window.series->resets;
  size_t count = 0;
  size_t f = 0;
  size_t h = 0;
  const storage::HistogramSample* histogram_before = nullptr;
  bool first = true;
  while (f < window.values.size() || h < window.histograms.size()) {
    const bool take_float =
        h == window.histograms.size() ||
        (f < window.values.size() && window.times[f] < window.histograms[h].time);
    const storage::HistogramSample* histogram = take_float ? nullptr : &window.histograms[h];
    const bool kind_changed = (histogram == nullptr) != (histogram_before == nullptr);
    if (first) {
      first = false;
    } else if (kind_changed) {
      ++count;
    } else if (!take_float) {
      count += resets ? WasReset(*histogram->histogram, *histogram_before->histogram)
                      : !SameObservations(*histogram->histogram, *histogram_before->histogram);
    } else if (resets) {
      count += std::binary_search(reset_at.begin(), reset_at.end(), window.first_float + f);
    } else {
      const double now = window.values[f];
      const double then = window.values[f - 1];
      count += now != then && !(std::isnan(now) && std::isnan(then));
    }
    histogram_before = histogram;
    ++(take_float ? f : h);
  }
  return count;
}

namespace {

Point Changes(const Window& window, RangeCall&) {
  return Point::Float(static_cast<double>(CountTransitions(window, /*resets=*/false)));
}
Point Resets(const Window& window, RangeCall&) {
  return Point::Float(static_cast<double>(CountTransitions(window, /*resets=*/true)));
}

}  // namespace

RangeFunction FindTrendFunction(FunctionId id) {
  switch (id) {
    case FunctionId::kDeriv:
      return Deriv;
    case FunctionId::kPredictLinear:
      return PredictLinear;
    case FunctionId::kDoubleExponentialSmoothing:
      return DoubleExponentialSmoothing;
    case FunctionId::kChanges:
      return Changes;
    case FunctionId::kResets:
      return Resets;
    default:
      return nullptr;
  }
}

}  // namespace glint::promql
