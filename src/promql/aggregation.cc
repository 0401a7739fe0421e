#include "promql/aggregation.h"

#include <map>

#include "base/utf8.h"
#include "promql/grid_pushdown.h"
#include "promql/grouping.h"
#include "promql/native_histogram.h"
#include "promql/quoting.h"

namespace glint::promql {
namespace {

GroupedColumns Group(const AggregateExpr& aggregate, Columns columns) {
  GroupedColumns grouped;
  LabelSlots slots;
  grouped.group_of.reserve(columns.size());
  for (const Column& column : columns) {
    const size_t slot =
        slots.SlotOf(aggregate.without ? DropLabels(*column.labels, aggregate.grouping)
                                       : KeepLabels(*column.labels, aggregate.grouping));
    grouped.group_of.push_back(slot);
    if (slot == grouped.drop_name.size()) grouped.drop_name.push_back(false);
    if (column.drop_name) grouped.drop_name[slot] = true;
  }
  grouped.groups = slots.labels();
  grouped.columns = std::move(columns);
  return grouped;
}

}  // namespace

StatusOr<Value> Aggregate(Evaluation& evaluation, const AggregateExpr& aggregate,
                          const Grid& grid) {
  ASSIGN_OR_RETURN(std::optional<Value> computed,
                   OfferAggregationToStore(evaluation, aggregate, grid));
  if (computed.has_value()) return *std::move(computed);

  std::vector<double> parameter;
  std::string label;
  if (aggregate.op == TokenKind::kCountValues) {
    ASSIGN_OR_RETURN(label, evaluation.EvalString(*aggregate.parameter));
    if (label.empty() || !IsValidUtf8(label)) {
      return InvalidArgument("invalid label name {}", Quote(label));
    }
  } else if (aggregate.parameter != nullptr) {
    ASSIGN_OR_RETURN(parameter, evaluation.EvalScalar(*aggregate.parameter, grid));
  }
  ASSIGN_OR_RETURN(Value body, evaluation.Eval(*aggregate.body, grid));
  GroupedColumns grouped = Group(aggregate, std::move(body.vector));
  switch (aggregate.op) {
    case TokenKind::kTopk:
    case TokenKind::kBottomk:
    case TokenKind::kLimitk:
    case TokenKind::kLimitRatio:
      return Choose(evaluation, aggregate, std::move(grouped), parameter, grid);
    case TokenKind::kCountValues:
      return CountValues(grouped, label, grid);
    default:
      return Reduce(evaluation, aggregate, grouped, parameter, grid);
  }
}

StatusOr<Value> CountValues(const GroupedColumns& input, const std::string& label,
                            const Grid& grid) {
  LabelSlots slots;
  Columns columns;
  for (size_t i = 0; i < input.columns.size(); ++i) {
    const Column& column = input.columns[i];
    const model::Labels& group = input.groups[input.group_of[i]];
    for (size_t step = 0; step < grid.steps; ++step) {
      if (column.presence[step] == Presence::kNone) continue;
      const std::string text = column.presence[step] == Presence::kFloat
                                   ? FormatF(column.values[step])
                                   : ToText(*column.histograms[step]);
      model::Labels labels = group.With(label, text);
      const size_t slot = slots.SlotOf(labels);
      if (slot == columns.size()) {
        columns.emplace_back(std::make_shared<const model::Labels>(std::move(labels)), grid.steps);
      }
      columns[slot].drop_name |= input.drop_name[input.group_of[i]];
      columns[slot].SetFloat(step, columns[slot].presence[step] == Presence::kNone
                                       ? 1
                                       : columns[slot].values[step] + 1);
    }
  }
  return Value::Vector(std::move(columns));
}

}  // namespace glint::promql
