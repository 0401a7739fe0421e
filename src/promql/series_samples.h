// The samples that range functions look at: of one series at a time, window after window.
//
// Thread-compatible.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "base/status.h"
#include "promql/columns.h"
#include "promql/evaluation.h"
#include "storage/metric_batch.h"

namespace glint::promql {

// Without staleness markers.
struct SeriesSamples {
  LabelsPtr labels;
  bool drop_name = false;
  std::vector<model::TimeMs> times;  // Of the floats, ascending.
  std::vector<double> values;
  std::vector<model::TimeMs> start_times;            // Empty when none is known, else one a float.
  std::vector<storage::HistogramSample> histograms;  // Ascending in time.
  // Floats before which the counter began anew, ascending: i is among them when values[i] counts
  // from zero rather than from values[i - 1]. Filled by FindResets().
  std::vector<uint32_t> resets;
};
// Whether the counter began anew between two samples, by the start timestamp of the later one.
bool BeganBetween(model::TimeMs time_before, model::TimeMs start_before, model::TimeMs time,
                  model::TimeMs start);
void FindResets(SeriesSamples& samples, bool use_start_timestamps);

// What a function sees at one step: samples in (start, end].
struct Window {
  const SeriesSamples* series = nullptr;
  size_t first_float = 0;
  size_t first_histogram = 0;
  std::span<const model::TimeMs> times;
  std::span<const double> values;
  std::span<const storage::HistogramSample> histograms;
  model::TimeMs start = 0;
  model::TimeMs end = 0;

  bool empty() const { return times.empty() && histograms.empty(); }
  bool mixed() const { return !times.empty() && !histograms.empty(); }
};

// The windows of a range expression over a grid.
struct RangeShape {
  Grid ends;  // step_ms is 0 where all windows are the same.
  int64_t range_ms = 0;
  // What is read beyond the windows, for `anchored` and `smoothed`.
  int64_t read_before_ms = 0;
  int64_t read_after_ms = 0;

  Window At(const SeriesSamples& series, size_t step) const;
};
// The windows of one series, step after step: moves on from where the last one was.
class WindowWalker {
 public:
  // Both outlive this.
  WindowWalker(const RangeShape& shape, const SeriesSamples& series)
      : shape_(shape), series_(series) {}
  // REQUIRES: steps do not descend from call to call.
  Window At(size_t step);

 private:
  const RangeShape& shape_;
  const SeriesSamples& series_;
  size_t first_ = 0;  // Floats of the last window: [first_, end_).
  size_t end_ = 0;
};

// REQUIRES: a MatrixSelector or a Subquery.
StatusOr<RangeShape> ShapeOf(const Evaluation& evaluation, const Expr& range, const Grid& grid);

// Calls `visit` with each series that has a sample in any window. The samples are gone after.
Status ForEachSeries(Evaluation& evaluation, const Expr& range, const RangeShape& shape,
                     const std::function<Status(SeriesSamples&)>& visit);

// Calls `visit` with each series that has samples in the time range, both ends included,
// staleness markers among them; labels ascend.
Status ReadSeries(Evaluation& evaluation, const std::vector<model::Matcher>& matchers,
                  model::TimeRange time, const std::function<Status(storage::SeriesData&)>& visit);

}  // namespace glint::promql
