#include "promql/absent.h"

#include <algorithm>
#include <set>

#include "promql/series_samples.h"

namespace glint::promql {
namespace {

// The labels that a series of this selector would surely have.
LabelsPtr LabelsOfAbsent(const Expr& argument) {
  const Expr& inner = Unwrap(argument);
  const VectorSelector* selector = nullptr;
  if (inner.kind == ExprKind::kVectorSelector) selector = &As<VectorSelector>(inner);
  if (inner.kind == ExprKind::kMatrixSelector) selector = As<MatrixSelector>(inner).vector.get();
  if (selector == nullptr) return std::make_shared<const model::Labels>();
  model::Labels labels;
  std::set<std::string> seen;
  for (const model::Matcher& matcher : selector->matchers) {
    if (matcher.name() == model::kMetricName) continue;
    if (matcher.op() == model::MatchOp::kEqual && seen.insert(matcher.name()).second) {
      labels = labels.With(matcher.name(), matcher.value());
    } else {
      labels = labels.Without(matcher.name());
    }
  }
  return std::make_shared<const model::Labels>(std::move(labels));
}

Value OnesWhereNot(const std::vector<bool>& present, LabelsPtr labels) {
  Column column(std::move(labels), present.size());
  for (size_t step = 0; step < present.size(); ++step) {
    if (!present[step]) column.SetFloat(step, 1);
  }
  Value value = Value::Vector({});
  if (!column.IsEmpty()) value.vector.push_back(std::move(column));
  return value;
}

}  // namespace

StatusOr<Value> Absent(Evaluation& evaluation, const Expr& argument, const Grid& grid) {
  ASSIGN_OR_RETURN(const Value value, evaluation.Eval(argument, grid));
  std::vector<bool> present(grid.steps);
  for (const Column& column : value.vector) {
    for (size_t step = 0; step < grid.steps; ++step) {
      if (column.presence[step] != Presence::kNone) present[step] = true;
    }
  }
  return OnesWhereNot(present, LabelsOfAbsent(argument));
}

StatusOr<Value> AbsentOverTime(Evaluation& evaluation, const Expr& range, const Grid& grid) {
  ASSIGN_OR_RETURN(const RangeShape shape, ShapeOf(evaluation, range, grid));
  std::vector<bool> present(grid.steps);
  const auto visit = [&](SeriesSamples& samples) {
    for (size_t step = 0; step < grid.steps; ++step) {
      if (!present[step] && !shape.At(samples, step).empty()) present[step] = true;
    }
    return OkStatus();
  };
  RETURN_IF_ERROR(ForEachSeries(evaluation, range, shape, visit));
  return OnesWhereNot(present, LabelsOfAbsent(range));
}

}  // namespace glint::promql
