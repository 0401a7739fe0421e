#include "promql/engine.h"

#include <algorithm>

#include "promql/columns.h"
#include "promql/evaluation.h"
#include "promql/quoting.h"
#include "promql/series_samples.h"

namespace glint::promql {
namespace {

// Times beyond are refused, so that adding a range or an offset does not overflow.
constexpr model::TimeMs kMaxTime = 9'200'000'000'000'000'000 / 8;

Vector ToVector(Columns columns, model::TimeMs time) {
  Vector out;
  out.reserve(columns.size());
  for (Column& column : columns) {
    if (column.presence[0] == Presence::kNone) continue;
    Point point = column.At(0);
    out.push_back({*column.labels, time, point.value, std::move(point.histogram)});
  }
  return out;
}

void SortByLabels(Matrix& matrix) {
  std::sort(matrix.begin(), matrix.end(),
            [](const MatrixSeries& a, const MatrixSeries& b) { return a.labels < b.labels; });
}

Matrix ToMatrix(const Columns& columns, const Grid& grid) {
  Matrix out;
  out.reserve(columns.size());
  for (const Column& column : columns) {
    MatrixSeries series;
    series.labels = *column.labels;
    for (size_t step = 0; step < grid.steps; ++step) {
      if (column.presence[step] == Presence::kFloat) {
        series.floats.push_back({grid.At(step), column.values[step]});
      } else if (column.presence[step] == Presence::kHistogram) {
        series.histograms.push_back({grid.At(step), column.histograms[step]});
      }
    }
    if (!series.floats.empty() || !series.histograms.empty()) out.push_back(std::move(series));
  }
  SortByLabels(out);
  return out;
}

// A range at one time: its samples as they are.
StatusOr<Matrix> RangeAt(Evaluation& evaluation, const Expr& range, const Grid& grid) {
  ASSIGN_OR_RETURN(const RangeShape shape, ShapeOf(evaluation, range, grid));
  Matrix out;
  BudgetHold hold;
  const auto visit = [&](SeriesSamples& samples) {
    const Window window = shape.At(samples, 0);
    if (window.empty()) return OkStatus();
    RETURN_IF_ERROR(hold.Take(evaluation.budget, window.times.size() * sizeof(model::Sample),
                              window.times.size() + window.histograms.size()));
    MatrixSeries series;
    series.labels = samples.drop_name ? *WithoutMetadata(*samples.labels) : *samples.labels;
    for (size_t i = 0; i < window.times.size(); ++i) {
      series.floats.push_back({window.times[i], window.values[i]});
    }
    series.histograms.assign(window.histograms.begin(), window.histograms.end());
    out.push_back(std::move(series));
    return OkStatus();
  };
  RETURN_IF_ERROR(ForEachSeries(evaluation, range, shape, visit));
  SortByLabels(out);
  return out;
}

void CollectSelectors(const Expr& expr, std::vector<std::vector<model::Matcher>>& out) {
  if (expr.kind == ExprKind::kVectorSelector) out.push_back(As<VectorSelector>(expr).matchers);
  for (const Expr* child : ChildrenOf(expr)) CollectSelectors(*child, out);
}

Status CheckTime(model::TimeMs time) {
  if (time > kMaxTime || time < -kMaxTime) return InvalidArgument("time {} is out of range", time);
  return OkStatus();
}

}  // namespace

StatusOr<QueryResult> Engine::Instant(std::string_view query, model::TimeMs time,
                                      QueryBudget& budget) const {
  ASSIGN_OR_RETURN(const ExprPtr expr, Parse(query));
  return Instant(*expr, query, time, budget);
}

StatusOr<QueryResult> Engine::Instant(const Expr& expr, std::string_view query, model::TimeMs time,
                                      QueryBudget& budget) const {
  RETURN_IF_ERROR(CheckTime(time));
  AnnotationLog annotations(query);
  Grid grid;
  grid.start = time;
  Evaluation evaluation(reader_, options_, budget, annotations, {time, time, 0});
  QueryResult result;
  if (expr.type == ValueType::kMatrix) {
    ASSIGN_OR_RETURN(result.value, RangeAt(evaluation, Unwrap(expr), grid));
  } else {
    ASSIGN_OR_RETURN(Value value, evaluation.Eval(expr, grid));
    switch (value.type) {
      case ValueType::kScalar:
        result.value = Scalar{time, value.scalar[0]};
        break;
      case ValueType::kString:
        result.value = String{time, std::move(value.string)};
        break;
      default:
        RETURN_IF_ERROR(DropMarkedNames(value.vector));
        result.value = ToVector(std::move(value.vector), time);
    }
  }
  result.annotations = std::move(annotations).Take();
  return result;
}

StatusOr<QueryResult> Engine::Range(std::string_view query, model::TimeMs start, model::TimeMs end,
                                    int64_t step_ms, QueryBudget& budget) const {
  ASSIGN_OR_RETURN(const ExprPtr expr, Parse(query));
  return Range(*expr, query, start, end, step_ms, budget);
}

StatusOr<QueryResult> Engine::Range(const Expr& expr, std::string_view query, model::TimeMs start,
                                    model::TimeMs end, int64_t step_ms, QueryBudget& budget) const {
  if (expr.type != ValueType::kScalar && expr.type != ValueType::kVector) {
    return InvalidArgument(
        "invalid expression type {} for range query, must be Scalar or instant Vector",
        Quote(Describe(expr.type)));
  }
  RETURN_IF_ERROR(CheckTime(start));
  RETURN_IF_ERROR(CheckTime(end));
  if (step_ms < 1) return InvalidArgument("step has to be positive: {} ms", step_ms);
  if (end < start) return InvalidArgument("end time {} is before start time {}", end, start);
  Grid grid;
  grid.start = start;
  grid.step_ms = step_ms;
  grid.steps = static_cast<size_t>((end - start) / step_ms) + 1;
  {
    BudgetHold probe;  // Before anything of that length is allocated.
    RETURN_IF_ERROR(probe.Take(budget, grid.steps * 9, grid.steps));
  }
  AnnotationLog annotations(query);
  Evaluation evaluation(reader_, options_, budget, annotations, {start, end, step_ms});
  ASSIGN_OR_RETURN(Value value, evaluation.Eval(expr, grid));
  QueryResult result;
  if (value.type == ValueType::kScalar) {
    MatrixSeries series;
    for (size_t step = 0; step < grid.steps; ++step) {
      series.floats.push_back({grid.At(step), value.scalar[step]});
    }
    result.value = Matrix{std::move(series)};
  } else {
    RETURN_IF_ERROR(DropMarkedNames(value.vector));
    result.value = ToMatrix(value.vector, grid);
  }
  result.annotations = std::move(annotations).Take();
  return result;
}

std::vector<std::vector<model::Matcher>> Selectors(const Expr& expr) {
  std::vector<std::vector<model::Matcher>> out;
  CollectSelectors(expr, out);
  return out;
}

}  // namespace glint::promql
