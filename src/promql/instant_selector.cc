#include "promql/instant_selector.h"

#include <algorithm>

#include "model/sample.h"
#include "promql/series_samples.h"
#include "promql/smoothed_selector.h"

namespace glint::promql {
namespace {

class SeriesWalker {
 public:
  SeriesWalker(const storage::SeriesData& data, int64_t lookback_ms, SelectWhat what)
      : data_(data), lookback_ms_(lookback_ms), what_(what) {}

  // REQUIRES: times do not descend from call to call.
  Point At(model::TimeMs time) {
    while (floats_ < data_.times.size() && data_.times[floats_] <= time) ++floats_;
    while (histograms_ < data_.histograms.size() && data_.histograms[histograms_].time <= time) {
      ++histograms_;
    }
    const model::TimeMs oldest = time - lookback_ms_;
    const bool has_float = floats_ > 0 && data_.times[floats_ - 1] > oldest;
    const bool has_histogram = histograms_ > 0 && data_.histograms[histograms_ - 1].time > oldest;
    if (has_histogram &&
        (!has_float || data_.histograms[histograms_ - 1].time > data_.times[floats_ - 1])) {
      return Histogram(data_.histograms[histograms_ - 1]);
    }
    return has_float ? Float(floats_ - 1) : Point();
  }

 private:
  Point Float(size_t i) const {
    if (model::IsStaleNan(data_.values[i])) return {};
    switch (what_) {
      case SelectWhat::kSample:
        return Point::Float(data_.values[i]);
      case SelectWhat::kTime:
        return Seconds(data_.times[i]);
      case SelectWhat::kStartTime:
        return Seconds(data_.start_times.empty() ? 0 : data_.start_times[i]);
    }
    return {};
  }
  Point Histogram(const storage::HistogramSample& sample) const {
    if (model::IsStaleNan(sample.histogram->sum)) return {};
    switch (what_) {
      case SelectWhat::kSample:
        return Point::Of(sample.histogram);
      case SelectWhat::kTime:
        return Seconds(sample.time);
      case SelectWhat::kStartTime:
        return Seconds(sample.start_time);
    }
    return {};
  }
  static Point Seconds(model::TimeMs time) {
    return Point::Float(static_cast<double>(time) / 1000);
  }

  const storage::SeriesData& data_;
  const int64_t lookback_ms_;
  const SelectWhat what_;
  size_t floats_ = 0;
  size_t histograms_ = 0;
};

}  // namespace

StatusOr<Value> SelectInstant(Evaluation& evaluation, const VectorSelector& selector,
                              const Grid& grid, SelectWhat what) {
  if (selector.smoothed) return SelectSmoothed(evaluation, selector, grid);
  ASSIGN_OR_RETURN(const Grid shifted, evaluation.Shift(selector.time, grid));
  const int64_t lookback_ms = evaluation.options.lookback_ms;
  Value result = Value::Vector({});
  const auto visit = [&](storage::SeriesData& data) {
    Column column(data.labels, grid.steps);
    column.drop_name = what != SelectWhat::kSample;
    SeriesWalker walker(data, lookback_ms, what);
    uint64_t samples = 0;
    for (size_t step = 0; step < grid.steps; ++step) {
      Point point = walker.At(shifted.At(step));
      if (point.presence == Presence::kNone) continue;
      ++samples;
      column.Set(step, std::move(point));
    }
    if (samples == 0) return OkStatus();
    RETURN_IF_ERROR(result.hold.Take(evaluation.budget, BytesOf(column), samples));
    result.vector.push_back(std::move(column));
    return OkStatus();
  };
  RETURN_IF_ERROR(ReadSeries(evaluation, selector.matchers,
                             {shifted.start - lookback_ms + 1, shifted.end()}, visit));
  return result;
}

}  // namespace glint::promql
