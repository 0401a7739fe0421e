#include "promql/columns.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "promql/quoting.h"

namespace glint::promql {

void Column::SetHistogram(size_t step, HistogramPtr histogram) {
  if (histograms.empty()) histograms.resize(presence.size());
  presence[step] = Presence::kHistogram;
  histograms[step] = std::move(histogram);
}

void Column::Set(size_t step, Point point) {
  switch (point.presence) {
    case Presence::kNone:
      Clear(step);
      break;
    case Presence::kFloat:
      SetFloat(step, point.value);
      break;
    case Presence::kHistogram:
      SetHistogram(step, std::move(point.histogram));
      break;
  }
}

void Column::Clear(size_t step) {
  presence[step] = Presence::kNone;
  if (!histograms.empty()) histograms[step].reset();
}

Point Column::At(size_t step) const {
  switch (presence[step]) {
    case Presence::kNone:
      break;
    case Presence::kFloat:
      return Point::Float(values[step]);
    case Presence::kHistogram:
      return Point::Of(histograms[step]);
  }
  return {};
}

bool Column::IsEmpty() const {
  return std::all_of(presence.begin(), presence.end(),
                     [](Presence p) { return p == Presence::kNone; });
}

BudgetHold& BudgetHold::operator=(BudgetHold&& other) noexcept {
  if (this == &other) return *this;
  Free();
  budget_ = std::exchange(other.budget_, nullptr);
  bytes_ = std::exchange(other.bytes_, 0);
  samples_ = std::exchange(other.samples_, 0);
  return *this;
}

Status BudgetHold::Take(QueryBudget& budget, uint64_t bytes, uint64_t samples) {
  budget_ = &budget;
  bytes_ += bytes;
  samples_ += samples;
  return budget.Charge(bytes, samples);
}

void BudgetHold::Free() {
  if (budget_ != nullptr) budget_->Release(bytes_, samples_);
  budget_ = nullptr;
  bytes_ = samples_ = 0;
}

Value Value::Scalar(std::vector<double> values) {
  Value value;
  value.type = ValueType::kScalar;
  value.scalar = std::move(values);
  return value;
}

Value Value::Vector(Columns columns) {
  Value value;
  value.type = ValueType::kVector;
  value.vector = std::move(columns);
  return value;
}

uint64_t BytesOf(const Column& column) {
  uint64_t bytes = sizeof(Column) + column.presence.size() * (sizeof(Presence) + sizeof(double));
  for (const HistogramPtr& histogram : column.histograms) {
    bytes += sizeof(HistogramPtr);
    if (histogram == nullptr) continue;
    bytes +=
        sizeof(model::Histogram) +
        (histogram->positive_buckets.size() + histogram->negative_buckets.size()) * sizeof(double);
  }
  return bytes;
}

Status MergeEqualLabels(Columns& columns) {
  std::unordered_map<uint64_t, std::vector<size_t>> seen;  // Hash of labels -> kept columns.
  seen.reserve(columns.size());
  size_t kept = 0;
  for (size_t i = 0; i < columns.size(); ++i) {
    if (columns[i].IsEmpty()) continue;
    std::vector<size_t>& same_hash = seen[columns[i].labels->Hash()];
    const auto found = std::find_if(same_hash.begin(), same_hash.end(), [&](size_t k) {
      return *columns[k].labels == *columns[i].labels;
    });
    if (found == same_hash.end()) {
      same_hash.push_back(kept);
      if (kept != i) columns[kept] = std::move(columns[i]);
      ++kept;
      continue;
    }
    Column& into = columns[*found];
    into.drop_name |= columns[i].drop_name;
    for (size_t step = 0; step < into.presence.size(); ++step) {
      if (columns[i].presence[step] == Presence::kNone) continue;
      if (into.presence[step] != Presence::kNone) {
        return InvalidArgument("vector cannot contain metrics with the same labelset");
      }
      into.Set(step, columns[i].At(step));
    }
  }
  columns.erase(columns.begin() + static_cast<ptrdiff_t>(kept), columns.end());
  return OkStatus();
}

Status DropMarkedNames(Columns& columns) {
  bool any = false;
  for (Column& column : columns) {
    if (!column.drop_name) continue;
    any = true;
    column.labels = WithoutMetadata(*column.labels);
    column.drop_name = false;
  }
  return any ? MergeEqualLabels(columns) : OkStatus();
}

LabelsPtr WithoutMetadata(const model::Labels& labels) {
  std::vector<model::Label> kept;
  kept.reserve(labels.size());
  for (const model::Label& label : labels) {
    if (label.name == model::kMetricName || label.name == "__type__" || label.name == "__unit__") {
      continue;
    }
    kept.push_back(label);
  }
  return std::make_shared<const model::Labels>(std::move(kept));
}

std::string InBraces(const model::Labels& labels) {
  std::string out = "{";
  for (const model::Label& label : labels) {
    if (out.size() > 1) out += ", ";
    out += model::IsLegacyLabelName(label.name) ? label.name : Quote(label.name);
    out += "=" + Quote(label.value);
  }
  return out + "}";
}

}  // namespace glint::promql
