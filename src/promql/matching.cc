// Operators between two vectors: who meets whom, and what the result is called.
#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>

#include "promql/binary.h"
#include "promql/grouping.h"

namespace glint::promql {
namespace {

// Series that agree in the labels of the match, from both sides.
struct MatchGroup {
  std::vector<size_t> many;  // Of the left side, or the right one with group_right.
  std::vector<size_t> one;
};

class Matcher {
 public:
  Matcher(Evaluation& evaluation, const BinaryExpr& binary, Columns left, Columns right,
          const Grid& grid)
      : evaluation_(evaluation),
        binary_(binary),
        matching_(binary.matching),
        swapped_(matching_.cardinality == Cardinality::kOneToMany),
        many_(swapped_ ? std::move(right) : std::move(left)),
        one_(swapped_ ? std::move(left) : std::move(right)),
        steps_(grid.steps) {}

  StatusOr<Columns> Run() {
    for (size_t i = 0; i < many_.size(); ++i) GroupFor(many_[i]).many.push_back(i);
    for (size_t i = 0; i < one_.size(); ++i) GroupFor(one_[i]).one.push_back(i);
    for (size_t group = 0; group < groups_.size(); ++group) {
      RETURN_IF_ERROR(evaluation_.budget.Check());
      for (size_t step = 0; step < steps_; ++step) RETURN_IF_ERROR(MatchGroupAt(group, step));
    }
    std::erase_if(out_, [](const Column& column) { return column.IsEmpty(); });
    return std::move(out_);
  }

 private:
  static constexpr size_t kFilled = SIZE_MAX;

  model::Labels Signature(const Column& column) const {
    return matching_.on ? KeepLabels(*column.labels, matching_.labels)
                        : DropLabels(*column.labels, matching_.labels);
  }
  MatchGroup& GroupFor(const Column& column) {
    const size_t slot = slots_.SlotOf(Signature(column));
    if (slot == groups_.size()) groups_.emplace_back();
    return groups_[slot];
  }

  Status MatchGroupAt(size_t group, size_t step) {
    size_t one = kFilled;
    for (const size_t i : groups_[group].one) {
      if (one_[i].presence[step] == Presence::kNone) continue;
      if (one != kFilled) return Duplicate(group, one_[one], one_[i]);
      one = i;
    }
    const bool has_one = one != kFilled;
    if (!has_one && !matching_.fill_right) return OkStatus();
    results_at_step_.clear();
    bool any_many = false;
    for (const size_t i : groups_[group].many) {
      if (many_[i].presence[step] == Presence::kNone) continue;
      if (any_many && matching_.cardinality == Cardinality::kOneToOne) {
        return InvalidArgument(
            "multiple matches for labels: many-to-one matching must be explicit "
            "(group_left/group_right)");
      }
      any_many = true;
      RETURN_IF_ERROR(Pair(group, i, one, step));
    }
    if (!any_many && has_one && matching_.fill_left) return Pair(group, kFilled, one, step);
    return OkStatus();
  }

  Status Duplicate(size_t group, const Column& a, const Column& b) const {
    const auto [first, second] = std::minmax(*a.labels, *b.labels);
    return InvalidArgument(
        "found duplicate series for the match group {} on the {} hand-side of the operation: "
        "[{}, {}];many-to-many matching not allowed: matching labels must be unique on one side",
        InBraces(slots_.labels()[group]), swapped_ ? "left" : "right", InBraces(first),
        InBraces(second));
  }

  // One of the two may be kFilled.
  Status Pair(size_t group, size_t many, size_t one, size_t step) {
    const size_t slot = ResultSlot(group, many, one);
    if (matching_.cardinality != Cardinality::kOneToOne && !results_at_step_.insert(slot).second) {
      return InvalidArgument(
          "multiple matches for labels: grouping labels must ensure unique matches");
    }
    const Point of_many =
        many == kFilled ? Point::Float(*matching_.fill_left) : many_[many].At(step);
    const Point of_one = one == kFilled ? Point::Float(*matching_.fill_right) : one_[one].At(step);
    Point result = swapped_ ? OnPoints(binary_, of_one, of_many, evaluation_.annotations)
                            : OnPoints(binary_, of_many, of_one, evaluation_.annotations);
    if (result.presence == Presence::kNone) return OkStatus();
    Column& column = out_[slot];
    if (column.presence[step] != Presence::kNone) {
      return InvalidArgument("vector cannot contain metrics with the same labelset");
    }
    column.Set(step, std::move(result));
    return OkStatus();
  }

  // The column of the result that a pair of series goes into.
  size_t ResultSlot(size_t group, size_t many, size_t one) {
    const auto [found, added] = slot_of_pair_.try_emplace({group, many, one}, 0);
    if (!added) return found->second;
    model::Labels labels = ResultLabels(group, many, one);
    const size_t slot = result_slots_.SlotOf(labels);
    if (slot == out_.size()) {
      out_.emplace_back(std::make_shared<const model::Labels>(std::move(labels)), steps_);
    }
    out_[slot].drop_name |= binary_.return_bool || (many != kFilled && many_[many].drop_name);
    found->second = slot;
    return slot;
  }

  model::Labels ResultLabels(size_t group, size_t many, size_t one) const {
    const model::Labels& match = slots_.labels()[group];
    model::Labels labels = many == kFilled ? match : *many_[many].labels;
    if (ChangesMeaning(binary_.op)) labels = *WithoutMetadata(labels);
    if (matching_.cardinality == Cardinality::kOneToOne) {
      if (matching_.on) {
        labels = KeepLabels(labels, matching_.labels);
      } else {
        for (const std::string& name : matching_.labels) labels = labels.Without(name);
      }
    }
    for (const std::string& name : matching_.include) {
      labels = labels.With(name, one == kFilled ? match.Get(name) : one_[one].labels->Get(name));
    }
    return labels;
  }

  Evaluation& evaluation_;
  const BinaryExpr& binary_;
  const VectorMatching& matching_;
  const bool swapped_;  // The "many" side is the right one.
  const Columns many_;
  const Columns one_;
  const size_t steps_;
  LabelSlots slots_;
  std::vector<MatchGroup> groups_;  // By slot.
  LabelSlots result_slots_;
  Columns out_;  // By slot of the result.
  std::map<std::tuple<size_t, size_t, size_t>, size_t> slot_of_pair_;
  std::set<size_t> results_at_step_;  // Of one group at one step.
};

}  // namespace

StatusOr<Columns> MatchVectors(Evaluation& evaluation, const BinaryExpr& binary, Columns left,
                               Columns right, const Grid& grid) {
  return Matcher(evaluation, binary, std::move(left), std::move(right), grid).Run();
}

}  // namespace glint::promql
