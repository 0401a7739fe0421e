// *_over_time: what summarises a window without regard to how its values follow each other.
#include <algorithm>
#include <cmath>
#include <limits>

#include "promql/compensated_sum.h"
#include "promql/histogram_summary.h"
#include "promql/quantile.h"
#include "promql/range_function.h"

namespace glint::promql {
namespace {

void NoteIgnoredHistograms(const Window& window, RangeCall& call) {
  if (window.mixed()) {
    call.annotations().Inform(call.range_position, HistogramsIgnoredInRange(call.metric));
  }
}

Point SumOrAverage(const Window& window, RangeCall& call, bool average) {
  if (window.mixed()) {
    call.annotations().Warn(call.range_position, MixedFloatsAndHistograms(call.metric));
    return {};
  }
  if (window.values.empty()) return SummarizeHistograms(window.histograms, average, call);
  if (average) {
    CompensatedMean mean;
    for (const double value : window.values) mean.Add(value);
    return Point::Float(mean.Get());
  }
  CompensatedSum sum;
  for (const double value : window.values) sum.Add(value);
  return Point::Float(sum.Get());
}

Point Sum(const Window& window, RangeCall& call) {
  return SumOrAverage(window, call, /*average=*/false);
}
Point Average(const Window& window, RangeCall& call) {
  return SumOrAverage(window, call, /*average=*/true);
}

Point Count(const Window& window, RangeCall&) {
  return Point::Float(static_cast<double>(window.times.size() + window.histograms.size()));
}

Point Present(const Window&, RangeCall&) { return Point::Float(1); }

// Index of the largest (sign 1) or smallest (sign -1) float; NaN only where there is no other. Of
// equal ones the first, or the last.
size_t Extreme(std::span<const double> values, double sign, bool last) {
  size_t best = 0;
  for (size_t i = 1; i < values.size(); ++i) {
    const double a = sign * values[i];
    const double b = sign * values[best];
    if (a > b || std::isnan(b) || (last && a == b)) best = i;
  }
  return best;
}

template <int kSign>
Point ExtremeValue(const Window& window, RangeCall& call) {
  if (window.values.empty()) return {};
  NoteIgnoredHistograms(window, call);
  return Point::Float(window.values[Extreme(window.values, kSign, /*last=*/false)]);
}

template <int kSign>
Point ExtremeTime(const Window& window, RangeCall& call) {
  if (window.values.empty()) return {};
  NoteIgnoredHistograms(window, call);
  const size_t best = Extreme(window.values, kSign, /*last=*/true);
  return Point::Float(static_cast<double>(window.times[best]) / 1000);
}

Point Deviation(const Window& window, RangeCall& call, bool squared) {
  if (window.values.empty()) return {};
  NoteIgnoredHistograms(window, call);
  // Welford, with compensated sums.
  CompensatedSum mean;
  CompensatedSum squares;
  double count = 0;
  for (const double value : window.values) {
    ++count;
    const double delta = value - (mean.sum + mean.lost);
    mean.Add(delta / count);
    squares.Add(delta * (value - (mean.sum + mean.lost)));
  }
  const double variance = (squares.sum + squares.lost) / count;
  return Point::Float(squared ? variance : std::sqrt(variance));
}
Point Stddev(const Window& window, RangeCall& call) {
  return Deviation(window, call, /*squared=*/false);
}
Point Stdvar(const Window& window, RangeCall& call) {
  return Deviation(window, call, /*squared=*/true);
}

Point Quantile(const Window& window, RangeCall& call) {
  const double q = call.scalars[0][call.step];
  if (!(q >= 0 && q <= 1)) call.annotations().Warn(call.call_position, InvalidQuantile(q));
  if (window.values.empty()) return {};
  NoteIgnoredHistograms(window, call);
  std::vector<double> values(window.values.begin(), window.values.end());
  return Point::Float(QuantileOf(q, values));
}

// Median of the distances from the median.
Point MedianDistance(const Window& window, RangeCall& call) {
  if (window.values.empty()) return {};
  NoteIgnoredHistograms(window, call);
  std::vector<double> values(window.values.begin(), window.values.end());
  if (std::any_of(values.begin(), values.end(), [](double v) { return std::isnan(v); })) {
    return Point::Float(std::numeric_limits<double>::quiet_NaN());
  }
  const double median = QuantileOf(0.5, values);
  for (double& value : values) value = std::abs(value - median);
  return Point::Float(QuantileOf(0.5, values));
}

Point First(const Window& window, RangeCall&) {
  const bool histogram =
      window.times.empty() ||
      (!window.histograms.empty() && window.histograms.front().time < window.times.front());
  if (histogram) return Point::Of(window.histograms.front().histogram);
  return Point::Float(window.values.front());
}

Point Last(const Window& window, RangeCall&) {
  const bool histogram =
      window.times.empty() ||
      (!window.histograms.empty() && window.histograms.back().time > window.times.back());
  if (histogram) return Point::Of(window.histograms.back().histogram);
  return Point::Float(window.values.back());
}

Point TimeOfFirst(const Window& window, RangeCall&) {
  model::TimeMs time = std::numeric_limits<model::TimeMs>::max();
  if (!window.times.empty()) time = window.times.front();
  if (!window.histograms.empty()) time = std::min(time, window.histograms.front().time);
  return Point::Float(static_cast<double>(time) / 1000);
}

Point TimeOfLast(const Window& window, RangeCall&) {
  model::TimeMs time = std::numeric_limits<model::TimeMs>::min();
  if (!window.times.empty()) time = window.times.back();
  if (!window.histograms.empty()) time = std::max(time, window.histograms.back().time);
  return Point::Float(static_cast<double>(time) / 1000);
}

}  // namespace

RangeFunction FindSummaryFunction(FunctionId id) {
  switch (id) {
    case FunctionId::kSumOverTime:
      return Sum;
    case FunctionId::kAvgOverTime:
      return Average;
    case FunctionId::kCountOverTime:
      return Count;
    case FunctionId::kPresentOverTime:
      return Present;
    case FunctionId::kMinOverTime:
      return ExtremeValue<-1>;
    case FunctionId::kMaxOverTime:
      return ExtremeValue<1>;
    case FunctionId::kTsOfMinOverTime:
      return ExtremeTime<-1>;
    case FunctionId::kTsOfMaxOverTime:
      return ExtremeTime<1>;
    case FunctionId::kStddevOverTime:
      return Stddev;
    case FunctionId::kStdvarOverTime:
      return Stdvar;
    case FunctionId::kQuantileOverTime:
      return Quantile;
    case FunctionId::kMadOverTime:
      return MedianDistance;
    case FunctionId::kFirstOverTime:
      return First;
    case FunctionId::kLastOverTime:
      return Last;
    case FunctionId::kTsOfFirstOverTime:
      return TimeOfFirst;
    case FunctionId::kTsOfLastOverTime:
      return TimeOfLast;
    default:
      return nullptr;
  }
}

}  // namespace glint::promql
