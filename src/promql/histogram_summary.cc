#include "promql/histogram_summary.h"

#include <algorithm>
#include <cmath>

#include "promql/native_histogram.h"

namespace glint::promql {

bool HistogramSum::Numbers::Overflowed() const {
  const auto infinite = [](const Cell& cell) { return std::isinf(cell.sum.sum); };
  return std::isinf(count.sum) || std::isinf(sum.sum) || std::isinf(zero_count.sum) ||
         std::any_of(positive.begin(), positive.end(), infinite) ||
         std::any_of(negative.begin(), negative.end(), infinite);
}

void HistogramSum::Numbers::Multiply(double factor) {
  const auto scale = [&](CompensatedSum& number) {
    number.sum *= factor;
    number.lost *= factor;
  };
  scale(count);
  scale(sum);
  scale(zero_count);
  for (Cell& cell : positive) scale(cell.sum);
  for (Cell& cell : negative) scale(cell.sum);
}

std::vector<IndexedBucket> HistogramSum::Sums(const std::vector<Cell>& cells, bool lost) {
  std::vector<IndexedBucket> out;
  out.reserve(cells.size());
  for (const Cell& cell : cells) out.push_back({cell.index, lost ? cell.sum.lost : cell.sum.sum});
  return out;
}

void HistogramSum::AddCells(std::vector<Cell>& cells, const std::vector<IndexedBucket>& buckets,
                            double divisor) {
  std::vector<Cell> out;
  out.reserve(cells.size() + buckets.size());
  size_t i = 0;
  for (const IndexedBucket& bucket : buckets) {
    while (i < cells.size() && cells[i].index < bucket.index) out.push_back(cells[i++]);
    Cell cell;
    cell.index = bucket.index;
    if (i < cells.size() && cells[i].index == bucket.index) cell = cells[i++];
    cell.sum.Add(bucket.count / divisor);
    out.push_back(cell);
  }
  out.insert(out.end(), cells.begin() + static_cast<ptrdiff_t>(i), cells.end());
  cells = std::move(out);
}

// Brings what is summed and what comes to one layout.
void HistogramSum::Fit(HistogramParts& other, const model::Histogram& histogram) {
  HistogramParts parts[2];  // Sums, and what they lost.
  for (const bool lost : {false, true}) {
    parts[lost].positive = Sums(numbers_.positive, lost);
    parts[lost].negative = Sums(numbers_.negative, lost);
    parts[lost].zero_count = lost ? numbers_.zero_count.lost : numbers_.zero_count.sum;
    parts[lost].zero_threshold = layout_.zero_threshold;
    parts[lost].schema = layout_.schema;
  }
  if (layout_.UsesCustomBuckets()) {
    if (layout_.custom_values == histogram.custom_values) return;
    std::vector<double> common = CommonBounds(layout_.custom_values, histogram.custom_values);
    for (HistogramParts& part : parts) {
      part.positive = MapToBounds(part.positive, layout_.custom_values, common);
    }
    other.positive = MapToBounds(other.positive, histogram.custom_values, common);
    layout_.custom_values = std::move(common);
    bounds_reconciled_ = true;
  } else {
    if (layout_.schema == other.schema && layout_.zero_threshold == other.zero_threshold) return;
    ReconcileZero(parts[0], other);
    parts[1].WidenZero(parts[0].zero_threshold);
    const int32_t schema = std::min(layout_.schema, other.schema);
    for (HistogramParts& part : parts) part.Reduce(schema);
    other.Reduce(schema);
    layout_.schema = schema;
    layout_.zero_threshold = parts[0].zero_threshold;
    numbers_.zero_count = {parts[0].zero_count, parts[1].zero_count};
  }
  const auto cells = [](const std::vector<IndexedBucket>& sums,
                        const std::vector<IndexedBucket>& lost) {
    std::vector<Cell> out;
    for (size_t i = 0; i < sums.size(); ++i) {
      const double missing = i < lost.size() && lost[i].index == sums[i].index ? lost[i].count : 0;
      out.push_back({sums[i].index, {sums[i].count, missing}});
    }
    return out;
  };
  numbers_.positive = cells(parts[0].positive, parts[1].positive);
  numbers_.negative = cells(parts[0].negative, parts[1].negative);
}

void HistogramSum::AddNumbers(Numbers& numbers, const HistogramParts& parts,
                              const model::Histogram& histogram, double divisor) const {
  numbers.count.Add(histogram.count / divisor);
  numbers.sum.Add(histogram.sum / divisor);
  numbers.zero_count.Add(parts.zero_count / divisor);
  AddCells(numbers.positive, parts.positive, divisor);
  AddCells(numbers.negative, parts.negative, divisor);
}

void HistogramSum::Add(const model::Histogram& histogram) {
  seen_reset_ |= histogram.counter_reset_hint == model::CounterResetHint::kReset;
  seen_not_reset_ |= histogram.counter_reset_hint == model::CounterResetHint::kNotReset;
  if (incompatible_) return;
  if (++count_ == 1) {
    layout_.schema = histogram.schema;
    layout_.custom_values = histogram.custom_values;
    layout_.zero_threshold = histogram.zero_threshold;
    layout_.counter_reset_hint = histogram.counter_reset_hint;
  } else if (layout_.UsesCustomBuckets() != histogram.UsesCustomBuckets()) {
    incompatible_ = true;
    return;
  } else {
    MergeHints(layout_, histogram);
  }
  HistogramParts parts(histogram);
  Fit(parts, histogram);
  const auto n = static_cast<double>(count_);
  if (!by_steps_) {
    Numbers next = numbers_;
    AddNumbers(next, parts, histogram, 1);
    if (!average_ || count_ == 1 || !next.Overflowed()) {
      numbers_ = std::move(next);
      return;
    }
    by_steps_ = true;
    numbers_.Multiply(1 / (n - 1));
  }
  numbers_.Multiply((n - 1) / n);
  AddNumbers(numbers_, parts, histogram, n);
}

std::shared_ptr<model::Histogram> HistogramSum::Get() const {
  if (count_ == 0 || incompatible_) return nullptr;
  auto result = std::make_shared<model::Histogram>(layout_);
  const double divisor = average_ && !by_steps_ ? static_cast<double>(count_) : 1;
  const auto get = [&](const CompensatedSum& sum) {
    return std::isinf(sum.sum) ? sum.sum : sum.sum / divisor + sum.lost / divisor;
  };
  const auto buckets = [&](const std::vector<Cell>& cells) {
    std::vector<IndexedBucket> out;
    for (const Cell& cell : cells) out.push_back({cell.index, get(cell.sum)});
    return out;
  };
  result->count = get(numbers_.count);
  result->sum = get(numbers_.sum);
  result->zero_count = get(numbers_.zero_count);
  Collapse(buckets(numbers_.positive), result->positive_spans, result->positive_buckets);
  Collapse(buckets(numbers_.negative), result->negative_spans, result->negative_buckets);
  return result;
}

void AnnotateAggregation(const HistogramSum& sum, PositionRange where, AnnotationLog& log) {
  if (sum.hints_collided()) {
    log.Warn(where, "conflicting counter resets during histogram aggregation");
  }
  if (sum.bounds_reconciled() && !sum.incompatible()) {
    log.Inform(where, "mismatched custom buckets were reconciled during aggregation");
  }
}

Point SummarizeHistograms(std::span<const storage::HistogramSample> samples, bool average,
                          RangeCall& call) {
  HistogramSum sum(average);
  for (const storage::HistogramSample& sample : samples) sum.Add(*sample.histogram);
  AnnotateAggregation(sum, call.range_position, call.annotations());
  std::shared_ptr<model::Histogram> result = sum.Get();
  if (result == nullptr) {
    call.annotations().Warn(call.range_position, MixedExponentialAndCustom(call.metric));
    return {};
  }
  return Point::Of(std::move(result));
}

}  // namespace glint::promql
