// and, or, unless.
#include "promql/binary.h"
#include "promql/grouping.h"

namespace glint::promql {
namespace {

// For each match group and step, whether a series of it has a point.
class PresenceGrid {
 public:
  PresenceGrid(const VectorMatching& matching, size_t steps) : matching_(matching), steps_(steps) {}

  size_t GroupOf(const Column& column) {
    const size_t slot = slots_.SlotOf(matching_.on ? KeepLabels(*column.labels, matching_.labels)
                                                   : DropLabels(*column.labels, matching_.labels));
    if (cells_.size() <= slot * steps_) cells_.resize((slot + 1) * steps_);
    return slot;
  }
  void Mark(const Column& column) {
    const size_t group = GroupOf(column);
    for (size_t step = 0; step < steps_; ++step) {
      if (column.presence[step] != Presence::kNone) cells_[group * steps_ + step] = 1;
    }
  }
  bool At(size_t group, size_t step) const { return cells_[group * steps_ + step] != 0; }

 private:
  const VectorMatching& matching_;
  const size_t steps_;
  LabelSlots slots_;
  std::vector<uint8_t> cells_;
};

}  // namespace

StatusOr<Columns> CombineSets(const BinaryExpr& binary, Columns left, Columns right,
                              const Grid& grid) {
  PresenceGrid present(binary.matching, grid.steps);
  const bool is_or = binary.op == TokenKind::kOr;
  for (const Column& column : is_or ? left : right) present.Mark(column);
  // `and` keeps where there is a partner, `unless` and the right side of `or` where there is none.
  const bool wanted = binary.op == TokenKind::kAnd;
  for (Column& column : is_or ? right : left) {
    const size_t group = present.GroupOf(column);
    for (size_t step = 0; step < grid.steps; ++step) {
      if (column.presence[step] != Presence::kNone && present.At(group, step) != wanted) {
        column.Clear(step);
      }
    }
  }
  Columns out = std::move(left);
  if (is_or) {
    for (Column& column : right) out.push_back(std::move(column));
  }
  // Also unites what stood on the left at one step and on the right at another.
  RETURN_IF_ERROR(MergeEqualLabels(out));
  return out;
}

}  // namespace glint::promql
