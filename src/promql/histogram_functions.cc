// histogram_*: native histograms one by one, classic ones from the series of their buckets.
#include <cmath>
#include <optional>
#include <utility>

#include "promql/call.h"
#include "promql/grouping.h"
#include "promql/histogram_quantile.h"
#include "promql/parse_float.h"
#include "promql/quoting.h"

namespace glint::promql {
namespace {

constexpr std::string_view kBucketLabel = "le";

double PropertyOf(const model::Histogram& histogram, FunctionId id) {
  switch (id) {
    case FunctionId::kHistogramCount:
      return histogram.count;
    case FunctionId::kHistogramSum:
      return histogram.sum;
    case FunctionId::kHistogramAvg:
      return histogram.sum / histogram.count;
    case FunctionId::kHistogramStddev:
      return std::sqrt(VarianceOf(histogram));
    default:
      return VarianceOf(histogram);
  }
}

void TakeProperty(Columns& columns, FunctionId id) {
  for (Column& column : columns) {
    column.drop_name = true;
    for (size_t step = 0; step < column.presence.size(); ++step) {
      if (column.presence[step] == Presence::kHistogram) {
        column.SetFloat(step, PropertyOf(*column.histograms[step], id));
      } else {
        column.Clear(step);
      }
    }
    column.histograms.clear();
  }
  std::erase_if(columns, [](const Column& column) { return column.IsEmpty(); });
}

// All that makes up one histogram: a native one, or bucket series that differ in `le` only.
struct HistogramSeries {
  LabelsPtr labels;  // Without le.
  const Column* native = nullptr;
  struct BucketColumn {
    double upper = 0;
    const Column* column = nullptr;
  };
  std::vector<BucketColumn> buckets;
};

class HistogramInput {
 public:
  HistogramInput(Evaluation& evaluation, const Columns& columns, PositionRange where)
      : evaluation_(evaluation), where_(where) {
    for (const Column& column : columns) {
      const bool floats = HasAny(column, Presence::kFloat);
      if (floats) AddBucket(column);
      if (HasAny(column, Presence::kHistogram)) SeriesFor(*column.labels).native = &column;
    }
  }

  const std::vector<HistogramSeries>& series() const { return series_; }

  enum class Kind : uint8_t { kNone, kNative, kClassic };
  // What the series is at this step; classic buckets are put into `buckets`.
  Kind At(const HistogramSeries& series, size_t step, std::vector<ClassicBucket>& buckets) {
    buckets.clear();
    for (const auto& bucket : series.buckets) {
      if (bucket.column->presence[step] == Presence::kFloat) {
        buckets.push_back({bucket.upper, bucket.column->values[step]});
      }
    }
    const bool native =
        series.native != nullptr && series.native->presence[step] == Presence::kHistogram;
    if (native && !buckets.empty()) {
      evaluation_.annotations.Warn(
          where_, "vector contains a mix of classic and native histograms for metric name " +
                      Quote(series.labels->metric_name()));
      return Kind::kNone;
    }
    if (native) return Kind::kNative;
    return buckets.empty() ? Kind::kNone : Kind::kClassic;
  }

 private:
  static bool HasAny(const Column& column, Presence wanted) {
    return std::find(column.presence.begin(), column.presence.end(), wanted) !=
           column.presence.end();
  }
  HistogramSeries& SeriesFor(const model::Labels& labels) {
    const size_t slot = slots_.SlotOf(labels);
    if (slot == series_.size()) {
      series_.emplace_back();
      series_.back().labels = std::make_shared<const model::Labels>(labels);
    }
    return series_[slot];
  }
  void AddBucket(const Column& column) {
    const std::string_view le = column.labels->Get(kBucketLabel);
    const std::optional<double> upper = ParseFloat(le);
    if (!upper) {
      evaluation_.annotations.Warn(
          where_, fmt::format("bucket label \"le\" is missing or has a malformed value of {} for "
                              "metric name {}",
                              Quote(le), Quote(column.labels->metric_name())));
      return;
    }
    SeriesFor(column.labels->Without(kBucketLabel)).buckets.push_back({*upper, &column});
  }

  Evaluation& evaluation_;
  const PositionRange where_;
  LabelSlots slots_;
  std::vector<HistogramSeries> series_;
};

void NoteNan(Evaluation& evaluation, PositionRange where, std::string_view function,
             std::string_view what, const HistogramSeries& series) {
  evaluation.annotations.Inform(
      where, fmt::format("input to {} has NaN observations, {} for metric name {}", function, what,
                         Quote(series.labels->metric_name())));
}

// The quantile of one series at each step; q is constant or one a step.
Column QuantileColumn(Evaluation& evaluation, HistogramInput& input, const HistogramSeries& series,
                      const std::vector<double>& q, PositionRange where) {
  Column column(series.labels, q.size());
  column.drop_name = true;
  std::vector<ClassicBucket> buckets;
  for (size_t step = 0; step < q.size(); ++step) {
    switch (input.At(series, step, buckets)) {
      case HistogramInput::Kind::kNone:
        break;
      case HistogramInput::Kind::kNative: {
        const model::Histogram& histogram = *series.native->histograms[step];
        const double value = QuantileOf(q[step], histogram);
        column.SetFloat(step, value);
        if (std::isnan(histogram.sum) && histogram.count > 0 && q[step] >= 0 && q[step] <= 1) {
          NoteNan(evaluation, where, "histogram_quantile",
                  std::isnan(value) ? "result is NaN" : "result is skewed higher", series);
        }
        break;
      }
      case HistogramInput::Kind::kClassic: {
        const ClassicQuantile quantile = QuantileOf(q[step], buckets);
        column.SetFloat(step, quantile.value);
        if (quantile.made_monotonic) {
          evaluation.annotations.Inform(
              where,
              "input to histogram_quantile needed to be fixed for monotonicity (see "
              "https://prometheus.io/docs/prometheus/latest/querying/functions/"
              "#histogram_quantile) for metric name " +
                  Quote(series.labels->metric_name()));
        }
      }
    }
  }
  return column;
}

void WarnOfInvalid(Evaluation& evaluation, const std::vector<double>& q, PositionRange where) {
  for (const double value : q) {
    if (!(value >= 0 && value <= 1)) evaluation.annotations.Warn(where, InvalidQuantile(value));
  }
}

// As OpenMetrics writes a number in a label: "1.0", "0.25".
std::string QuantileText(double q) {
  std::string text = FormatG(q);
  if (std::isfinite(q) && text.find_first_of(".e") == std::string::npos) text += ".0";
  return text;
}

StatusOr<Value> Quantile(Evaluation& evaluation, const CallExpr& call, const Grid& grid) {
  ASSIGN_OR_RETURN(const std::vector<double> q, evaluation.EvalScalar(*call.arguments[0], grid));
  WarnOfInvalid(evaluation, q, call.arguments[0]->position);
  ASSIGN_OR_RETURN(const Value value, evaluation.Eval(*call.arguments[1], grid));
  const PositionRange where = call.arguments[1]->position;
  HistogramInput input(evaluation, value.vector, where);
  Columns columns;
  for (const HistogramSeries& series : input.series()) {
    columns.push_back(QuantileColumn(evaluation, input, series, q, where));
  }
  std::erase_if(columns, [](const Column& column) { return column.IsEmpty(); });
  return Value::Vector(std::move(columns));
}

StatusOr<Value> Quantiles(Evaluation& evaluation, const CallExpr& call, const Grid& grid) {
  ASSIGN_OR_RETURN(const std::string label, evaluation.EvalString(*call.arguments[1]));
  ASSIGN_OR_RETURN(const Value value, evaluation.Eval(*call.arguments[0], grid));
  const PositionRange where = call.arguments[0]->position;
  HistogramInput input(evaluation, value.vector, where);
  Columns columns;
  for (size_t i = 2; i < call.arguments.size(); ++i) {
    ASSIGN_OR_RETURN(const std::vector<double> q, evaluation.EvalScalar(*call.arguments[i], grid));
    WarnOfInvalid(evaluation, q, call.arguments[i]->position);
    for (const HistogramSeries& series : input.series()) {
      const Column all = QuantileColumn(evaluation, input, series, q, where);
      // The label may differ from step to step, as q may.
      LabelSlots slots;
      Columns split;
      for (size_t step = 0; step < grid.steps; ++step) {
        if (all.presence[step] == Presence::kNone) continue;
        model::Labels labels = series.labels->With(label, QuantileText(q[step]));
        const size_t slot = slots.SlotOf(labels);
        if (slot == split.size()) {
          split.emplace_back(std::make_shared<const model::Labels>(std::move(labels)), grid.steps);
          split.back().drop_name = label != model::kMetricName;
        }
        split[slot].SetFloat(step, all.values[step]);
      }
      for (Column& column : split) columns.push_back(std::move(column));
    }
  }
  RETURN_IF_ERROR(MergeEqualLabels(columns));
  return Value::Vector(std::move(columns));
}

StatusOr<Value> Fraction(Evaluation& evaluation, const CallExpr& call, const Grid& grid) {
  ASSIGN_OR_RETURN(const std::vector<double> lower,
                   evaluation.EvalScalar(*call.arguments[0], grid));
  ASSIGN_OR_RETURN(const std::vector<double> upper,
                   evaluation.EvalScalar(*call.arguments[1], grid));
  ASSIGN_OR_RETURN(const Value value, evaluation.Eval(*call.arguments[2], grid));
  const PositionRange where = call.arguments[2]->position;
  HistogramInput input(evaluation, value.vector, where);
  Columns columns;
  std::vector<ClassicBucket> buckets;
  for (const HistogramSeries& series : input.series()) {
    Column column(series.labels, grid.steps);
    column.drop_name = true;
    for (size_t step = 0; step < grid.steps; ++step) {
      const auto kind = input.At(series, step, buckets);
      if (kind == HistogramInput::Kind::kClassic) {
        column.SetFloat(step, FractionOf(lower[step], upper[step], buckets));
      } else if (kind == HistogramInput::Kind::kNative) {
        const model::Histogram& histogram = *series.native->histograms[step];
        column.SetFloat(step, FractionOf(lower[step], upper[step], histogram));
        if (std::isnan(histogram.sum) && histogram.count > 0) {
          NoteNan(evaluation, where, "histogram_fraction", "which are excluded from all fractions",
                  series);
        }
      }
    }
    if (!column.IsEmpty()) columns.push_back(std::move(column));
  }
  return Value::Vector(std::move(columns));
}

}  // namespace

StatusOr<Value> CallHistogramFunction(Evaluation& evaluation, const CallExpr& call,
                                      const Grid& grid) {
  switch (call.function->id) {
    case FunctionId::kHistogramQuantile:
      return Quantile(evaluation, call, grid);
    case FunctionId::kHistogramQuantiles:
      return Quantiles(evaluation, call, grid);
    case FunctionId::kHistogramFraction:
      return Fraction(evaluation, call, grid);
    default: {
      const bool before = std::exchange(evaluation.detect_histogram_resets, true);
      StatusOr<Value> argument = evaluation.Eval(*call.arguments[0], grid);
      evaluation.detect_histogram_resets = before;
      ASSIGN_OR_RETURN(Value value, std::move(argument));
      TakeProperty(value.vector, call.function->id);
      return value;
    }
  }
}

}  // namespace glint::promql
