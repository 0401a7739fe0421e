// sum, avg, min, max, count, group, stddev, stdvar, quantile.
#include <cmath>
#include <memory>

#include "promql/aggregation.h"
#include "promql/compensated_sum.h"
#include "promql/histogram_summary.h"
#include "promql/quantile.h"

namespace glint::promql {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

// Welford.
struct Deviation {
  double count = 0;
  double mean = 0;
  double squares = 0;

  void Add(double value) {
    if (++count == 1) {
      mean = value;
      squares = std::isfinite(value) ? 0 : kNan;
      return;
    }
    const double delta = value - mean;
    mean += delta / count;
    squares += delta * (value - mean);
  }
};

class Reducer {
 public:
  Reducer(Evaluation& evaluation, const AggregateExpr& aggregate, const GroupedColumns& input,
          const std::vector<double>& parameter, const Grid& grid)
      : evaluation_(evaluation),
        aggregate_(aggregate),
        input_(input),
        parameter_(parameter),
        steps_(grid.steps) {}

  Columns Run() {
    for (size_t group = 0; group < input_.groups.size(); ++group) {
      out_.emplace_back(std::make_shared<const model::Labels>(input_.groups[group]), steps_);
      out_.back().drop_name = input_.drop_name[group];
    }
    switch (aggregate_.op) {
      case TokenKind::kSum:
        SumOrAverage<CompensatedSum>(/*average=*/false);
        break;
      case TokenKind::kAvg:
        SumOrAverage<CompensatedMean>(/*average=*/true);
        break;
      case TokenKind::kCount:
        ForEach([&](size_t group, size_t step, const Column&) {
          out_[group].SetFloat(step, out_[group].values[step] + 1);
        });
        break;
      case TokenKind::kGroup:
        ForEach([&](size_t group, size_t step, const Column&) { out_[group].SetFloat(step, 1); });
        break;
      case TokenKind::kMin:
      case TokenKind::kMax:
        Extremes();
        break;
      case TokenKind::kStddev:
      case TokenKind::kStdvar:
        Deviations();
        break;
      default:
        Quantiles();
    }
    return std::move(out_);
  }

 private:
  // All points, series by series.
  template <typename Visit>
  void ForEach(Visit visit) {
    for (size_t i = 0; i < input_.columns.size(); ++i) {
      const Column& column = input_.columns[i];
      for (size_t step = 0; step < steps_; ++step) {
        if (column.presence[step] != Presence::kNone) visit(input_.group_of[i], step, column);
      }
    }
  }
  template <typename Visit>
  void ForEachFloat(Visit visit) {
    bool ignored = false;
    ForEach([&](size_t group, size_t step, const Column& column) {
      if (column.presence[step] == Presence::kFloat) {
        visit(group, step, column.values[step]);
      } else {
        ignored = true;
      }
    });
    if (ignored) {
      evaluation_.annotations.Inform(
          aggregate_.body->position,
          fmt::format("ignored histogram in {} aggregation", TextOf(aggregate_.op)));
    }
  }

  template <typename Accumulator>
  void SumOrAverage(bool average) {
    const size_t cells = input_.groups.size() * steps_;
    std::vector<Accumulator> floats(cells);
    std::vector<uint8_t> has_float(cells);
    std::vector<std::unique_ptr<HistogramSum>> histograms;
    ForEach([&](size_t group, size_t step, const Column& column) {
      const size_t cell = group * steps_ + step;
      if (column.presence[step] == Presence::kFloat) {
        has_float[cell] = 1;
        floats[cell].Add(column.values[step]);
        return;
      }
      if (histograms.empty()) histograms.resize(cells);
      if (histograms[cell] == nullptr) histograms[cell] = std::make_unique<HistogramSum>(average);
      HistogramSum& sum = *histograms[cell];
      const bool fitted = !sum.incompatible();
      sum.Add(*column.histograms[step]);
      if (fitted && sum.incompatible()) {
        evaluation_.annotations.Warn(aggregate_.body->position,
                                     MixedExponentialAndCustom(column.labels->metric_name()));
      }
    });
    for (size_t cell = 0; cell < cells; ++cell) {
      Column& out = out_[cell / steps_];
      const HistogramSum* sum = histograms.empty() ? nullptr : histograms[cell].get();
      if (sum == nullptr) {
        if (has_float[cell] != 0) out.SetFloat(cell % steps_, floats[cell].Get());
        continue;
      }
      if (has_float[cell] != 0) {
        evaluation_.annotations.Warn(aggregate_.body->position,
                                     "encountered a mix of histograms and floats for aggregation");
        continue;
      }
      AnnotateAggregation(*sum, aggregate_.body->position, evaluation_.annotations);
      if (sum->incompatible()) continue;
      out.SetHistogram(cell % steps_, sum->Get());
    }
  }

  void Extremes() {
    const bool max = aggregate_.op == TokenKind::kMax;
    ForEachFloat([&](size_t group, size_t step, double value) {
      Column& out = out_[group];
      const double best = out.values[step];
      const bool first = out.presence[step] == Presence::kNone;
      if (first || std::isnan(best) || (max ? value > best : value < best)) {
        out.SetFloat(step, value);
      }
    });
  }

  void Deviations() {
    std::vector<Deviation> cells(input_.groups.size() * steps_);
    ForEachFloat(
        [&](size_t group, size_t step, double value) { cells[group * steps_ + step].Add(value); });
    for (size_t i = 0; i < cells.size(); ++i) {
      if (cells[i].count == 0) continue;
      const double variance = cells[i].squares / cells[i].count;
      out_[i / steps_].SetFloat(
          i % steps_, aggregate_.op == TokenKind::kStdvar ? variance : std::sqrt(variance));
    }
  }

  void Quantiles() {
    for (const double q : parameter_) {
      if (!(q >= 0 && q <= 1)) {
        evaluation_.annotations.Warn(aggregate_.parameter->position, InvalidQuantile(q));
      }
    }
    std::vector<std::vector<double>> cells(input_.groups.size() * steps_);
    ForEachFloat([&](size_t group, size_t step, double value) {
      cells[group * steps_ + step].push_back(value);
    });
    for (size_t i = 0; i < cells.size(); ++i) {
      if (cells[i].empty()) continue;
      out_[i / steps_].SetFloat(i % steps_, QuantileOf(parameter_[i % steps_], cells[i]));
    }
  }

  Evaluation& evaluation_;
  const AggregateExpr& aggregate_;
  const GroupedColumns& input_;
  const std::vector<double>& parameter_;
  const size_t steps_;
  Columns out_;
};

}  // namespace

StatusOr<Value> Reduce(Evaluation& evaluation, const AggregateExpr& aggregate,
                       const GroupedColumns& input, const std::vector<double>& parameter,
                       const Grid& grid) {
  Columns columns = Reducer(evaluation, aggregate, input, parameter, grid).Run();
  std::erase_if(columns, [](const Column& column) { return column.IsEmpty(); });
  return Value::Vector(std::move(columns));
}

}  // namespace glint::promql
