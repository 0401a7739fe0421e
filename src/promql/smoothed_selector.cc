#include "promql/smoothed_selector.h"

#include <algorithm>

#include "model/sample.h"
#include "promql/extended_range.h"
#include "promql/series_samples.h"

namespace glint::promql {
namespace {

// The value at the end of a window's range, from the samples round it.
Point At(const Window& window, Evaluation& evaluation, PositionRange where) {
  const std::string_view metric = window.series->labels->metric_name();
  if (window.mixed()) {
    evaluation.annotations.Warn(where, MixedFloatsAndHistograms(metric));
    return {};
  }
  const model::TimeMs time = window.end;
  if (!window.times.empty()) {
    const auto next = std::lower_bound(window.times.begin(), window.times.end(), time);
    const auto i = static_cast<size_t>(next - window.times.begin());
    if (next != window.times.end() && *next == time) return Point::Float(window.values[i]);
    if (i == 0) return {};
    if (next == window.times.end()) return Point::Float(window.values[i - 1]);
    return Point::Float(Interpolate(window.times[i - 1], window.values[i - 1], window.times[i],
                                    window.values[i], time, /*counter=*/false,
                                    /*left_end=*/false));
  }
  const auto next = std::lower_bound(
      window.histograms.begin(), window.histograms.end(), time,
      [](const storage::HistogramSample& sample, model::TimeMs t) { return sample.time < t; });
  if (next != window.histograms.end() && next->time == time) return Point::Of(next->histogram);
  if (next == window.histograms.begin()) return {};
  const storage::HistogramSample& before = *(next - 1);
  if (next == window.histograms.end()) return Point::Of(before.histogram);
  const bool counter = next->histogram->counter_reset_hint != model::CounterResetHint::kGauge;
  HistogramPtr between = Interpolate(before, *next, time, counter, /*left_end=*/true);
  if (between == nullptr) {
    evaluation.annotations.Warn(where, MixedExponentialAndCustom(metric));
    return {};
  }
  return Point::Of(std::move(between));
}

}  // namespace

StatusOr<Value> SelectSmoothed(Evaluation& evaluation, const VectorSelector& selector,
                               const Grid& grid) {
  RangeShape shape;
  ASSIGN_OR_RETURN(shape.ends, evaluation.Shift(selector.time, grid));
  const int64_t lookback_ms = evaluation.options.lookback_ms;
  RangeShape wide = shape;
  wide.ends.start += lookback_ms;
  wide.range_ms = 2 * lookback_ms;
  Value result = Value::Vector({});
  const auto visit = [&](storage::SeriesData& data) {
    SeriesSamples samples;
    samples.labels = data.labels;
    for (size_t i = 0; i < data.values.size(); ++i) {
      if (model::IsStaleNan(data.values[i])) continue;
      samples.times.push_back(data.times[i]);
      samples.values.push_back(data.values[i]);
    }
    for (const storage::HistogramSample& sample : data.histograms) {
      if (!model::IsStaleNan(sample.histogram->sum)) samples.histograms.push_back(sample);
    }
    Column column(data.labels, grid.steps);
    for (size_t step = 0; step < grid.steps; ++step) {
      Window window = wide.At(samples, step);
      window.end = shape.ends.At(step);
      if (!window.empty()) column.Set(step, At(window, evaluation, selector.position));
    }
    if (column.IsEmpty()) return OkStatus();
    RETURN_IF_ERROR(result.hold.Take(evaluation.budget, BytesOf(column), grid.steps));
    result.vector.push_back(std::move(column));
    return OkStatus();
  };
  RETURN_IF_ERROR(ReadSeries(evaluation, selector.matchers,
                             {wide.ends.start - wide.range_ms + 1, wide.ends.end()}, visit));
  return result;
}

}  // namespace glint::promql
