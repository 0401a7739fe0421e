// Aggregations: many series to few, by label. Thread-compatible.
#pragma once

#include "base/status.h"
#include "promql/evaluation.h"

namespace glint::promql {

StatusOr<Value> Aggregate(Evaluation& evaluation, const AggregateExpr& aggregate, const Grid& grid);

// What an aggregation works on: columns, and the group each of them falls into.
struct GroupedColumns {
  Columns columns;
  std::vector<size_t> group_of;       // One a column.
  std::vector<model::Labels> groups;  // Their labels.
  std::vector<bool> drop_name;        // One a group.
};

// sum, avg, min, max, count, group, stddev, stdvar, quantile: one series a group.
StatusOr<Value> Reduce(Evaluation& evaluation, const AggregateExpr& aggregate,
                       const GroupedColumns& input, const std::vector<double>& parameter,
                       const Grid& grid);
// topk, bottomk, limitk, limit_ratio: some of the series of each group.
StatusOr<Value> Choose(Evaluation& evaluation, const AggregateExpr& aggregate, GroupedColumns input,
                       const std::vector<double>& parameter, const Grid& grid);
// count_values: one series a distinct value in each group.
StatusOr<Value> CountValues(const GroupedColumns& input, const std::string& label,
                            const Grid& grid);

}  // namespace glint::promql
