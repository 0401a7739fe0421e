// Evaluating PromQL over what a store holds.
// Source of the semantics: https://prometheus.io/docs/prometheus/latest/querying/basics/
//
// Expressions are evaluated column by column (columns.h): each selector is read once for the
// whole range, block by block, and each node turns columns into columns.
//
// Thread-safe, all of it: one Engine serves many queries at once.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/query_budget.h"
#include "base/status.h"
#include "model/labels.h"
#include "model/matcher.h"
#include "model/sample.h"
#include "model/time.h"
#include "promql/annotations.h"
#include "promql/ast.h"
#include "promql/parser.h"
#include "promql/printer.h"
#include "storage/metric_reader.h"

namespace glint::promql {

struct EngineOptions {
  int64_t lookback_ms = 5 * 60 * 1000;   // How long an instant selector sees a sample.
  int64_t subquery_step_ms = 60 * 1000;  // Of `[5m:]`.
  // A metric's name goes away at the end of a query rather than at the function that drops it, so
  // that label_replace() still sees it.
  bool delayed_name_removal = false;
  // rate() and its kin take the start timestamps of counters for what they are: resets.
  bool use_start_timestamps = false;
};

struct Scalar {
  model::TimeMs time = 0;
  double value = 0;
};
struct String {
  model::TimeMs time = 0;
  std::string value;
};
struct VectorSample {
  model::Labels labels;
  model::TimeMs time = 0;
  double value = 0;  // Where there is no histogram.
  std::shared_ptr<const model::Histogram> histogram;
};
// In the order of sort() and topk(), where the query asked for one.
using Vector = std::vector<VectorSample>;
struct MatrixSeries {
  model::Labels labels;
  std::vector<model::Sample> floats;                 // Ascending in time.
  std::vector<storage::HistogramSample> histograms;  // Ascending in time.
};
using Matrix = std::vector<MatrixSeries>;  // Ascending in labels.

struct QueryResult {
  std::variant<Scalar, String, Vector, Matrix> value;
  Annotations annotations;
};

class Engine {
 public:
  // `reader` outlives the engine.
  explicit Engine(const storage::MetricReader& reader, const EngineOptions& options = {})
      : reader_(reader), options_(options) {}

  // At one point in time. Ranges give a Matrix, all other expressions what their type says.
  // INVALID_ARGUMENT: the text does not parse, or the query is wrong for the data it met.
  // CANCELLED, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED: by the budget. DATA_LOSS: by the store.
  StatusOr<QueryResult> Instant(std::string_view query, model::TimeMs time,
                                QueryBudget& budget) const;
  // `query` is the text of `expr`, for the places in annotations; may be empty.
  StatusOr<QueryResult> Instant(const Expr& expr, std::string_view query, model::TimeMs time,
                                QueryBudget& budget) const;

  // At start, start + step, ... while <= end; the result is a Matrix.
  // INVALID_ARGUMENT: also where the expression is a range or a string, or start > end or step < 1.
  StatusOr<QueryResult> Range(std::string_view query, model::TimeMs start, model::TimeMs end,
                              int64_t step_ms, QueryBudget& budget) const;
  StatusOr<QueryResult> Range(const Expr& expr, std::string_view query, model::TimeMs start,
                              model::TimeMs end, int64_t step_ms, QueryBudget& budget) const;

  const EngineOptions& options() const { return options_; }

 private:
  const storage::MetricReader& reader_;
  const EngineOptions options_;
};

// The matchers of every selector in the expression, in the order in which they stand.
std::vector<std::vector<model::Matcher>> Selectors(const Expr& expr);

}  // namespace glint::promql
