#include "promql/series_samples.h"

#include <algorithm>

#include "model/sample.h"
#include "promql/native_histogram.h"

namespace glint::promql {
namespace {

bool IsStale(const storage::HistogramSample& sample) {
  return model::IsStaleNan(sample.histogram->sum);
}

void DropStale(storage::SeriesData& data) {
  std::erase_if(data.histograms, IsStale);
  if (std::none_of(data.values.begin(), data.values.end(), model::IsStaleNan)) return;
  size_t kept = 0;
  for (size_t i = 0; i < data.values.size(); ++i) {
    if (model::IsStaleNan(data.values[i])) continue;
    data.values[kept] = data.values[i];
    data.times[kept] = data.times[i];
    if (!data.start_times.empty()) data.start_times[kept] = data.start_times[i];
    ++kept;
  }
  data.values.resize(kept);
  data.times.resize(kept);
  if (!data.start_times.empty()) data.start_times.resize(kept);
}

// Gives each histogram that does not say whether its counter was reset the hint of which it is.
void GiveResetHints(std::vector<storage::HistogramSample>& samples) {
  HistogramPtr before;
  for (storage::HistogramSample& sample : samples) {
    const HistogramPtr now = sample.histogram;
    const bool open = now->counter_reset_hint == model::CounterResetHint::kUnknown;
    if (open && before != nullptr && !IsStale(sample)) {
      auto hinted = std::make_shared<model::Histogram>(*now);
      hinted->counter_reset_hint = WasReset(*now, *before) ? model::CounterResetHint::kReset
                                                           : model::CounterResetHint::kNotReset;
      sample.histogram = std::move(hinted);
    }
    before = now;
  }
}

SeriesSamples FromColumn(const Column& column, const Grid& grid) {
  SeriesSamples samples;
  samples.labels = column.labels;
  samples.drop_name = column.drop_name;
  for (size_t step = 0; step < grid.steps; ++step) {
    if (column.presence[step] == Presence::kFloat) {
      samples.times.push_back(grid.At(step));
      samples.values.push_back(column.values[step]);
    } else if (column.presence[step] == Presence::kHistogram) {
      samples.histograms.push_back({grid.At(step), column.histograms[step]});
    }
  }
  return samples;
}

Status ForEachOfSubquery(Evaluation& evaluation, const Subquery& subquery, const RangeShape& shape,
                         const std::function<Status(SeriesSamples&)>& visit) {
  int64_t step_ms = evaluation.options.subquery_step_ms;
  if (subquery.step != nullptr) {
    ASSIGN_OR_RETURN(step_ms, evaluation.PositiveDurationMs(*subquery.step));
  }
  // Steps of a subquery are multiples of its step, whatever the query's.
  const model::TimeMs before = shape.ends.start - shape.range_ms;
  Grid inner;
  inner.step_ms = step_ms;
  inner.start = step_ms * (before / step_ms);
  if (inner.start <= before) inner.start += step_ms;
  if (inner.start > shape.ends.end()) return OkStatus();
  inner.steps = static_cast<size_t>((shape.ends.end() - inner.start) / step_ms) + 1;
  {
    BudgetHold probe;  // Before anything of that length is allocated.
    RETURN_IF_ERROR(probe.Take(evaluation.budget, inner.steps * 9, inner.steps));
  }
  ASSIGN_OR_RETURN(Value value, evaluation.Eval(*subquery.body, inner));
  if (value.type == ValueType::kScalar) {
    Column column(std::make_shared<const model::Labels>(), inner.steps);
    for (size_t step = 0; step < inner.steps; ++step) column.SetFloat(step, value.scalar[step]);
    SeriesSamples samples = FromColumn(column, inner);
    return visit(samples);
  }
  for (Column& column : value.vector) {
    SeriesSamples samples = FromColumn(column, inner);
    if (samples.times.empty() && samples.histograms.empty()) continue;
    RETURN_IF_ERROR(visit(samples));
  }
  return OkStatus();
}

}  // namespace

bool BeganBetween(model::TimeMs time_before, model::TimeMs start_before, model::TimeMs time,
                  model::TimeMs start) {
  if (start == 0 || start >= time) return false;
  // At the time of the one before only where that one began earlier still, as deltas do: else it
  // is a counter whose start was not known at first.
  return start > time_before ||
         (start == time_before && start_before != 0 && start_before < time_before);
}

void FindResets(SeriesSamples& samples, bool use_start_timestamps) {
  samples.resets.clear();
  const bool starts = use_start_timestamps && !samples.start_times.empty();
  for (size_t i = 1; i < samples.values.size(); ++i) {
    bool reset = samples.values[i] < samples.values[i - 1];
    if (starts && !reset) {
      reset = BeganBetween(samples.times[i - 1], samples.start_times[i - 1], samples.times[i],
                           samples.start_times[i]);
    }
    if (reset) samples.resets.push_back(static_cast<uint32_t>(i));
  }
}

Window RangeShape::At(const SeriesSamples& series, size_t step) const {
  Window window;
  window.series = &series;
  window.end = ends.At(step);
  window.start = window.end - range_ms;
  const auto begin = std::upper_bound(series.times.begin(), series.times.end(), window.start);
  const auto end = std::upper_bound(begin, series.times.end(), window.end);
  window.first_float = static_cast<size_t>(begin - series.times.begin());
  const auto count = static_cast<size_t>(end - begin);
  window.times = std::span(series.times).subspan(window.first_float, count);
  window.values = std::span(series.values).subspan(window.first_float, count);
  if (series.histograms.empty()) return window;
  const auto later = [](model::TimeMs time, const storage::HistogramSample& sample) {
    return time < sample.time;
  };
  const auto first =
      std::upper_bound(series.histograms.begin(), series.histograms.end(), window.start, later);
  const auto last = std::upper_bound(first, series.histograms.end(), window.end, later);
  window.first_histogram = static_cast<size_t>(first - series.histograms.begin());
  window.histograms = std::span(series.histograms)
                          .subspan(window.first_histogram, static_cast<size_t>(last - first));
  return window;
}

Window WindowWalker::At(size_t step) {
  if (!series_.histograms.empty()) return shape_.At(series_, step);
  Window window;
  window.series = &series_;
  window.end = shape_.ends.At(step);
  window.start = window.end - shape_.range_ms;
  const std::vector<model::TimeMs>& times = series_.times;
  while (first_ < times.size() && times[first_] <= window.start) ++first_;
  end_ = std::max(end_, first_);
  while (end_ < times.size() && times[end_] <= window.end) ++end_;
  window.first_float = first_;
  window.times = std::span(times).subspan(first_, end_ - first_);
  window.values = std::span(series_.values).subspan(first_, end_ - first_);
  return window;
}

StatusOr<RangeShape> ShapeOf(const Evaluation& evaluation, const Expr& range, const Grid& grid) {
  const bool matrix = range.kind == ExprKind::kMatrixSelector;
  const TimeModifiers& time =
      matrix ? As<MatrixSelector>(range).vector->time : As<Subquery>(range).time;
  RangeShape shape;
  ASSIGN_OR_RETURN(shape.ends, evaluation.Shift(time, grid));
  ASSIGN_OR_RETURN(shape.range_ms,
                   evaluation.PositiveDurationMs(matrix ? *As<MatrixSelector>(range).range
                                                        : *As<Subquery>(range).range));
  if (matrix) {
    const VectorSelector& selector = *As<MatrixSelector>(range).vector;
    if (selector.anchored || selector.smoothed) {
      shape.read_before_ms = evaluation.options.lookback_ms;
    }
    if (selector.smoothed) shape.read_after_ms = evaluation.options.lookback_ms;
  }
  return shape;
}

Status ForEachSeries(Evaluation& evaluation, const Expr& range, const RangeShape& shape,
                     const std::function<Status(SeriesSamples&)>& visit) {
  if (range.kind == ExprKind::kSubquery) {
    return ForEachOfSubquery(evaluation, As<Subquery>(range), shape, visit);
  }
  const model::TimeRange time = {shape.ends.start - shape.range_ms - shape.read_before_ms + 1,
                                 shape.ends.end() + shape.read_after_ms};
  return ReadSeries(evaluation, As<MatrixSelector>(range).vector->matchers, time,
                    [&](storage::SeriesData& data) {
                      DropStale(data);
                      SeriesSamples samples;
                      samples.labels = std::move(data.labels);
                      samples.times = std::move(data.times);
                      samples.values = std::move(data.values);
                      samples.start_times = std::move(data.start_times);
                      samples.histograms = std::move(data.histograms);
                      return visit(samples);
                    });
}

Status ReadSeries(Evaluation& evaluation, const std::vector<model::Matcher>& matchers,
                  model::TimeRange time, const std::function<Status(storage::SeriesData&)>& visit) {
  storage::SeriesQuery query;
  query.series = matchers;
  query.time = time;
  ASSIGN_OR_RETURN(const std::unique_ptr<storage::SeriesCursor> cursor,
                   evaluation.reader.Select(query, evaluation.budget));
  while (true) {
    ASSIGN_OR_RETURN(storage::SeriesBlock block, cursor->Next());
    for (std::string& warning : block.warnings) {
      evaluation.annotations.WarnFromStore(std::move(warning));
    }
    if (block.series.empty()) return OkStatus();
    const uint64_t bytes = storage::BytesOf(block);
    const uint64_t samples = storage::SamplesOf(block);
    Status status;
    for (storage::SeriesData& data : block.series) {
      if (evaluation.detect_histogram_resets) GiveResetHints(data.histograms);
      status = visit(data);
      if (!status.ok()) break;
    }
    evaluation.budget.Release(bytes, samples);
    RETURN_IF_ERROR(status);
    RETURN_IF_ERROR(evaluation.budget.Check());
  }
}

}  // namespace glint::promql
