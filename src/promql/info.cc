// info(): labels of `target_info` and its like, joined to the series of the same target.
#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>

#include "promql/call.h"
#include "promql/grouping.h"
#include "promql/instant_selector.h"
#include "promql/series_samples.h"

namespace glint::promql {
namespace {

constexpr std::string_view kDefaultInfoMetric = "target_info";
// What a series and its info metrics agree in.
const std::vector<std::string> kIdentifying = {"instance", "job"};

bool IsOfName(const model::Matcher& matcher) { return matcher.name() == model::kMetricName; }
bool IsPositive(const model::Matcher& matcher) {
  return matcher.op() == model::MatchOp::kEqual || matcher.op() == model::MatchOp::kRegex;
}

// Which info metrics to join, and which of their labels.
struct InfoSelection {
  std::vector<model::Matcher> names;                            // Of the metric.
  std::map<std::string, std::vector<model::Matcher>> by_label;  // Empty: all labels.

  static InfoSelection Of(const CallExpr& call) {
    InfoSelection selection;
    if (call.arguments.size() > 1) {
      for (const model::Matcher& matcher : As<VectorSelector>(*call.arguments[1]).matchers) {
        if (IsOfName(matcher)) {
          selection.names.push_back(matcher);
        } else {
          selection.by_label[matcher.name()].push_back(matcher);
        }
      }
    }
    if (std::none_of(selection.names.begin(), selection.names.end(), IsPositive)) {
      selection.names.push_back(
          model::Matcher::Equal(std::string(model::kMetricName), std::string(kDefaultInfoMetric)));
    }
    return selection;
  }

  // A series that is itself one of the info metrics is left as it is.
  bool IsInfoSeries(const model::Labels& labels) const {
    return std::any_of(names.begin(), names.end(), IsPositive) &&
           std::all_of(names.begin(), names.end(),
                       [&](const model::Matcher& matcher) { return matcher.Matches(labels); });
  }
  // Without a label that the selection asks for, a series stays only if that may be missing.
  bool MayLack(const std::string& label) const {
    const auto found = by_label.find(label);
    return found == by_label.end() ||
           std::all_of(found->second.begin(), found->second.end(),
                       [](const model::Matcher& matcher) { return matcher.MatchesEmpty(); });
  }
};

// The time modifiers of the selector that the base series come from: info series are looked up
// at the same times.
const VectorSelector* FirstSelector(const Expr& expr) {
  if (expr.kind == ExprKind::kVectorSelector) return &As<VectorSelector>(expr);
  for (const Expr* child : ChildrenOf(expr)) {
    if (const VectorSelector* found = FirstSelector(*child)) return found;
  }
  return nullptr;
}

// The values that series with this label have, as a matcher that finds their info series.
StatusOr<model::Matcher> AnyOf(const std::string& label, const std::set<std::string>& values) {
  std::string pattern;
  for (const std::string& value : values) {
    if (!pattern.empty()) pattern += '|';
    for (const char c : value) {
      if (std::string_view("\\.+*?()|[]{}^$").find(c) != std::string_view::npos) pattern += '\\';
      pattern += c;
    }
  }
  return model::Matcher::Make(model::MatchOp::kRegex, label, pattern);
}

class InfoJoin {
 public:
  InfoJoin(Evaluation& evaluation, const CallExpr& call, const Grid& grid)
      : evaluation_(evaluation), call_(call), grid_(grid), selection_(InfoSelection::Of(call)) {}

  StatusOr<Value> Run() {
    ASSIGN_OR_RETURN(Value base, evaluation_.Eval(*call_.arguments[0], grid_));
    RETURN_IF_ERROR(SelectInfo(base.vector));
    for (Column& column : base.vector) {
      if (selection_.IsInfoSeries(*column.labels)) {
        out_.push_back(std::move(column));
        continue;
      }
      for (size_t step = 0; step < grid_.steps; ++step) {
        if (column.presence[step] != Presence::kNone) RETURN_IF_ERROR(Enrich(column, step));
      }
    }
    RETURN_IF_ERROR(MergeEqualLabels(out_));
    return Value::Vector(std::move(out_));
  }

 private:
  struct InfoSeries {
    LabelsPtr labels;
    std::vector<model::TimeMs> sampled_at;  // One a step; kMinTimeMs where there is none.
  };

  // Reads the info series of the targets that the base series belong to.
  Status SelectInfo(const Columns& base) {
    std::map<std::string, std::set<std::string>> values;
    for (const Column& column : base) {
      if (selection_.IsInfoSeries(*column.labels)) continue;
      for (const std::string& label : kIdentifying) {
        const std::string_view value = column.labels->Get(label);
        if (!value.empty()) values[label].emplace(value);
      }
    }
    if (values.empty()) return OkStatus();
    VectorSelector selector;
    selector.matchers = selection_.names;
    for (const auto& [label, those] : values) {
      ASSIGN_OR_RETURN(model::Matcher matcher, AnyOf(label, those));
      selector.matchers.push_back(std::move(matcher));
    }
    for (const auto& [label, matchers] : selection_.by_label) {
      selector.matchers.insert(selector.matchers.end(), matchers.begin(), matchers.end());
    }
    const VectorSelector* shifted = FirstSelector(*call_.arguments[0]);
    Grid times = grid_;
    if (shifted != nullptr) {
      ASSIGN_OR_RETURN(times, evaluation_.Shift(shifted->time, grid_));
    }
    // A grid without a step is one time for all: look once, use it at each step.
    ASSIGN_OR_RETURN(const Value found, SelectAt(selector, times));
    for (const Column& column : found.vector) {
      InfoSeries series;
      series.labels = column.labels;
      for (size_t step = 0; step < grid_.steps; ++step) {
        series.sampled_at.push_back(column.presence[step] == Presence::kFloat
                                        ? static_cast<model::TimeMs>(column.values[step] * 1000)
                                        : model::kMinTimeMs);
      }
      by_target_[targets_.SlotOf(KeepLabels(*column.labels, kIdentifying))].push_back(
          std::move(series));
    }
    return OkStatus();
  }

  StatusOr<Value> SelectAt(const VectorSelector& selector, const Grid& times) {
    Grid grid = times;
    const bool once = times.step_ms == 0;
    if (once) grid.steps = 1;
    ASSIGN_OR_RETURN(Value value, SelectInstant(evaluation_, selector, grid, SelectWhat::kTime));
    for (Column& column : value.vector) {
      if (!once) break;
      column.presence.resize(grid_.steps, column.presence[0]);
      column.values.resize(grid_.steps, column.values[0]);
    }
    return value;
  }

  // The newest series of each info metric at this step, if any.
  std::vector<const InfoSeries*> InfoAt(const Column& column, size_t step) {
    const auto found = by_target_.find(targets_.SlotOf(KeepLabels(*column.labels, kIdentifying)));
    if (found == by_target_.end()) return {};
    std::map<std::string_view, const InfoSeries*> newest;
    for (const InfoSeries& series : found->second) {
      if (series.sampled_at[step] == model::kMinTimeMs) continue;
      const InfoSeries*& best = newest[series.labels->metric_name()];
      if (best == nullptr || best->sampled_at[step] < series.sampled_at[step]) best = &series;
    }
    std::vector<const InfoSeries*> out;
    for (const auto& [name, series] : newest) out.push_back(series);
    return out;
  }

  Status Enrich(const Column& column, size_t step) {
    model::Labels labels = *column.labels;
    std::map<std::string, std::string> added;
    for (const InfoSeries* info : InfoAt(column, step)) {
      for (const model::Label& label : *info->labels) {
        if (label.name == model::kMetricName || column.labels->Has(label.name)) continue;
        if (!selection_.by_label.empty() && !selection_.by_label.contains(label.name)) continue;
        const auto [there, fresh] = added.emplace(label.name, label.value);
        if (!fresh && there->second != label.value) {
          return InvalidArgument("conflicting label: {}", label.name);
        }
        labels = labels.With(label.name, label.value);
      }
    }
    const bool complete = std::all_of(
        selection_.by_label.begin(), selection_.by_label.end(), [&](const auto& wanted) {
          return added.contains(wanted.first) || column.labels->Has(wanted.first) ||
                 selection_.MayLack(wanted.first);
        });
    if (!complete) return OkStatus();
    const size_t slot = slots_.SlotOf(labels);
    if (slot == place_.size()) {
      place_.push_back(out_.size());
      out_.emplace_back(std::make_shared<const model::Labels>(std::move(labels)), grid_.steps);
    }
    Column& into = out_[place_[slot]];
    into.drop_name |= column.drop_name;
    if (into.presence[step] != Presence::kNone) {
      return InvalidArgument("vector cannot contain metrics with the same labelset");
    }
    into.Set(step, column.At(step));
    return OkStatus();
  }

  Evaluation& evaluation_;
  const CallExpr& call_;
  const Grid& grid_;
  const InfoSelection selection_;
  LabelSlots targets_;
  std::unordered_map<size_t, std::vector<InfoSeries>> by_target_;
  LabelSlots slots_;
  std::vector<size_t> place_;  // By slot: of the column in out_.
  Columns out_;
};

}  // namespace

StatusOr<Value> CallInfo(Evaluation& evaluation, const CallExpr& call, const Grid& grid) {
  return InfoJoin(evaluation, call, grid).Run();
}

}  // namespace glint::promql
