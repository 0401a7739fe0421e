// topk, bottomk, limitk, limit_ratio.
#include <algorithm>
#include <cmath>
#include <limits>

#include "promql/aggregation.h"
#include "promql/quoting.h"

namespace glint::promql {
namespace {

// The series of one group that are chosen at one step, in the order of the result.
using Chosen = std::vector<size_t>;

class Chooser {
 public:
  Chooser(Evaluation& evaluation, const AggregateExpr& aggregate, const GroupedColumns& input)
      : evaluation_(evaluation), aggregate_(aggregate), input_(input) {
    members_.resize(input.groups.size());
    for (size_t i = 0; i < input.columns.size(); ++i) members_[input.group_of[i]].push_back(i);
    if (aggregate.op != TokenKind::kLimitRatio) return;
    for (const Column& column : input.columns) {
      shares_.push_back(static_cast<double>(column.labels->Hash()) /
                        static_cast<double>(std::numeric_limits<uint64_t>::max()));
    }
  }

  // Calls visit(column) in the order of the result.
  template <typename Visit>
  void At(size_t step, double parameter, Visit visit) {
    for (const std::vector<size_t>& members : members_) {
      const Chosen chosen = aggregate_.op == TokenKind::kLimitRatio
                                ? ByRatio(members, step, parameter)
                                : ByCount(members, step, parameter);
      for (const size_t column : chosen) visit(column);
    }
  }

 private:
  Chosen ByCount(const std::vector<size_t>& members, size_t step, double parameter) {
    Chosen present;
    if (!(parameter >= 1)) return present;
    const size_t k = parameter >= static_cast<double>(members.size())
                         ? members.size()
                         : static_cast<size_t>(parameter);
    const bool limit = aggregate_.op == TokenKind::kLimitk;
    for (const size_t i : members) {
      const Presence presence = input_.columns[i].presence[step];
      if (presence == Presence::kHistogram && !limit) {
        evaluation_.annotations.Inform(
            aggregate_.body->position,
            fmt::format("ignored histogram in {} aggregation", TextOf(aggregate_.op)));
      } else if (presence != Presence::kNone) {
        present.push_back(i);
      }
      if (limit && present.size() == k) return present;
    }
    if (limit) return present;
    const bool top = aggregate_.op == TokenKind::kTopk;
    // NaN is what nobody asked for: last. Of equal values the earlier series comes first.
    std::stable_sort(present.begin(), present.end(), [&](size_t a, size_t b) {
      const double x = input_.columns[a].values[step];
      const double y = input_.columns[b].values[step];
      if (std::isnan(x)) return false;
      return std::isnan(y) || (top ? x > y : x < y);
    });
    if (present.size() > k) present.resize(k);
    return present;
  }

  Chosen ByRatio(const std::vector<size_t>& members, size_t step, double ratio) {
    Chosen chosen;
    for (const size_t i : members) {
      if (input_.columns[i].presence[step] == Presence::kNone) continue;
      const bool taken = ratio >= 0 ? ratio > 0 && (ratio >= 1 || shares_[i] < ratio)
                                    : ratio <= -1 || shares_[i] >= 1 + ratio;
      if (taken) chosen.push_back(i);
    }
    return chosen;
  }

  Evaluation& evaluation_;
  const AggregateExpr& aggregate_;
  const GroupedColumns& input_;
  std::vector<std::vector<size_t>> members_;
  std::vector<double> shares_;  // Of limit_ratio: where a series lies between 0 and 1.
};

Status CheckParameter(Evaluation& evaluation, const AggregateExpr& aggregate, double& parameter) {
  const bool ratio = aggregate.op == TokenKind::kLimitRatio;
  if (std::isnan(parameter)) {
    return InvalidArgument("{} value is NaN", ratio ? "Ratio" : "Parameter");
  }
  if (!ratio) {
    if (parameter >= 9223372036854775808.0 || parameter < -9223372036854775808.0) {
      return InvalidArgument("Scalar value {} overflows int64", FormatG(parameter));
    }
    return OkStatus();
  }
  const double capped = std::clamp(parameter, -1.0, 1.0);
  if (capped != parameter) {
    evaluation.annotations.Warn(
        aggregate.parameter->position,
        fmt::format("ratio value should be between -1 and 1, got {}, capping to {}",
                    FormatG(parameter), FormatG(capped)));
    parameter = capped;
  }
  return OkStatus();
}

}  // namespace

StatusOr<Value> Choose(Evaluation& evaluation, const AggregateExpr& aggregate, GroupedColumns input,
                       const std::vector<double>& parameter, const Grid& grid) {
  std::vector<double> limits = parameter;
  for (double& limit : limits) RETURN_IF_ERROR(CheckParameter(evaluation, aggregate, limit));
  Chooser chooser(evaluation, aggregate, input);
  Columns out;
  std::vector<size_t> place(input.columns.size(), SIZE_MAX);
  for (size_t step = 0; step < grid.steps; ++step) {
    RETURN_IF_ERROR(evaluation.budget.Check());
    chooser.At(step, limits[step], [&](size_t i) {
      if (place[i] == SIZE_MAX) {
        place[i] = out.size();
        out.emplace_back(input.columns[i].labels, grid.steps);
        out.back().drop_name = input.columns[i].drop_name;
      }
      out[place[i]].Set(step, input.columns[i].At(step));
    });
  }
  return Value::Vector(std::move(out));
}

}  // namespace glint::promql
