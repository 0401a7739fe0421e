// The values that an evaluation passes from node to node: for each series one column over the
// steps of the query, rather than one vector for each step. What belongs to a series (its group,
// its partner, its labels) is then worked out once.
//
// Thread-compatible.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/query_budget.h"
#include "base/status.h"
#include "model/histogram.h"
#include "model/labels.h"
#include "model/time.h"
#include "promql/function_table.h"

namespace glint::promql {

// The points in time that an expression is evaluated at: start, start + step, ...
struct Grid {
  model::TimeMs start = 0;
  int64_t step_ms = 1;
  size_t steps = 1;

  model::TimeMs At(size_t i) const { return start + static_cast<int64_t>(i) * step_ms; }
  model::TimeMs end() const { return At(steps - 1); }
};

enum class Presence : uint8_t { kNone, kFloat, kHistogram };
using HistogramPtr = std::shared_ptr<const model::Histogram>;
using LabelsPtr = std::shared_ptr<const model::Labels>;

struct Point {
  Presence presence = Presence::kNone;
  double value = 0;
  HistogramPtr histogram;

  static Point Float(double value) { return {Presence::kFloat, value, nullptr}; }
  static Point Of(HistogramPtr histogram) {
    return {Presence::kHistogram, 0, std::move(histogram)};
  }
};

struct Column {
  Column(LabelsPtr l, size_t steps) : labels(std::move(l)), presence(steps), values(steps) {}

  LabelsPtr labels;                // Never null.
  bool drop_name = false;          // The metric's name goes away at the end of the query.
  std::vector<Presence> presence;  // One a step, and so are the two below.
  std::vector<double> values;
  std::vector<HistogramPtr> histograms;  // Empty when there is none at all.

  void SetFloat(size_t step, double value) {
    presence[step] = Presence::kFloat;
    values[step] = value;
  }
  void SetHistogram(size_t step, HistogramPtr histogram);
  void Set(size_t step, Point point);
  void Clear(size_t step);
  Point At(size_t step) const;
  bool IsEmpty() const;
};
using Columns = std::vector<Column>;

// What a value holds of the query's budget, given back when it goes.
class BudgetHold {
 public:
  BudgetHold() = default;
  BudgetHold(BudgetHold&& other) noexcept { *this = std::move(other); }
  BudgetHold& operator=(BudgetHold&& other) noexcept;
  ~BudgetHold() { Free(); }
  // RESOURCE_EXHAUSTED, CANCELLED, DEADLINE_EXCEEDED: as QueryBudget::Charge.
  Status Take(QueryBudget& budget, uint64_t bytes, uint64_t samples);
  bool empty() const { return budget_ == nullptr; }
  void Free();

 private:
  QueryBudget* budget_ = nullptr;
  uint64_t bytes_ = 0;
  uint64_t samples_ = 0;
};

struct Value {
  ValueType type = ValueType::kNone;
  std::vector<double> scalar;  // kScalar: one a step.
  std::string string;          // kString
  Columns vector;              // kVector; in no order that means anything but to sort().
  BudgetHold hold;

  static Value Scalar(std::vector<double> values);
  static Value Vector(Columns columns);
};

uint64_t BytesOf(const Column& column);

// Unites columns of equal labels, and removes those without any point.
// INVALID_ARGUMENT: two of them have a point at the same step.
Status MergeEqualLabels(Columns& columns);
// Takes the name, type and unit labels off the columns marked so, then as above.
Status DropMarkedNames(Columns& columns);

// Without __name__, __type__ and __unit__.
LabelsPtr WithoutMetadata(const model::Labels& labels);
// {a="b", __name__="c"}: all labels between braces, as messages show a series.
std::string InBraces(const model::Labels& labels);

}  // namespace glint::promql
