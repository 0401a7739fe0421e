#include <algorithm>
#include <set>
#include <utility>

#include "tsdb/metric_store.h"

namespace glint::tsdb {
namespace {

constexpr size_t kSeriesPerBlock = 256;
constexpr uint64_t kSamplesPerBlock = 1 << 19;

class HeadCursor final : public storage::SeriesCursor {
 public:
  HeadCursor(std::vector<SeriesView> series, model::TimeRange range, QueryBudget& budget)
      : series_(std::move(series)), range_(range), budget_(budget) {}

  StatusOr<storage::SeriesBlock> Next() override {
    RETURN_IF_ERROR(budget_.Check());
    storage::SeriesBlock block;
    uint64_t samples = 0;
    while (next_ < series_.size() && block.series.size() < kSeriesPerBlock &&
           samples < kSamplesPerBlock) {
      ASSIGN_OR_RETURN(storage::SeriesData data, series_[next_].Read(range_));
      series_[next_++] = SeriesView();
      const uint64_t count = data.times.size() + data.histograms.size();
      RETURN_IF_ERROR(budget_.Charge(storage::BytesOf(data), count));
      samples += count;
      block.series.push_back(std::move(data));
    }
    return block;
  }

 private:
  std::vector<SeriesView> series_;  // Given up once read.
  const model::TimeRange range_;
  QueryBudget& budget_;
  size_t next_ = 0;
};

std::vector<std::string> FirstOf(const std::set<std::string_view>& names, size_t limit) {
  std::vector<std::string> out;
  for (const std::string_view name : names) {
    if (limit > 0 && out.size() == limit) break;
    out.emplace_back(name);
  }
  return out;
}

}  // namespace

StatusOr<std::unique_ptr<storage::SeriesCursor>> MetricStore::Select(
    const storage::SeriesQuery& query, QueryBudget& budget) const {
  RETURN_IF_ERROR(budget.Check());
  const model::TimeRange range{std::max(query.time.start, head_.floor()), query.time.end};
  return std::unique_ptr<storage::SeriesCursor>(
      std::make_unique<HeadCursor>(head_.Select(query), range, budget));
}

StatusOr<std::vector<model::Labels>> MetricStore::Series(const storage::SeriesQuery& query,
                                                         size_t limit, QueryBudget& budget) const {
  RETURN_IF_ERROR(budget.Check());
  std::vector<model::Labels> out;
  for (const auto& labels : head_.Series(query)) {
    if (limit > 0 && out.size() == limit) break;
    out.push_back(*labels);
  }
  RETURN_IF_ERROR(budget.Check());
  return out;
}

StatusOr<std::vector<std::string>> MetricStore::LabelNames(const storage::SeriesQuery& query,
                                                           size_t limit,
                                                           QueryBudget& budget) const {
  RETURN_IF_ERROR(budget.Check());
  const auto series = head_.Series(query);
  std::set<std::string_view> names;
  for (const auto& labels : series) {
    for (const model::Label& label : *labels) names.insert(label.name);
  }
  return FirstOf(names, limit);
}

StatusOr<std::vector<std::string>> MetricStore::LabelValues(const std::string& name,
                                                            const storage::SeriesQuery& query,
                                                            size_t limit,
                                                            QueryBudget& budget) const {
  RETURN_IF_ERROR(budget.Check());
  const auto series = head_.Series(query);
  std::set<std::string_view> values;
  for (const auto& labels : series) {
    const std::string_view value = labels->Get(name);
    if (!value.empty()) values.insert(value);
  }
  return FirstOf(values, limit);
}

std::vector<model::MetricMetadata> MetricStore::Metadata(const std::string& family) const {
  return head_.Metadata(family);
}

StatusOr<std::vector<model::SeriesExemplars>> MetricStore::SelectExemplars(
    const storage::ExemplarQuery& query, QueryBudget& budget) const {
  RETURN_IF_ERROR(budget.Check());
  return head_.SelectExemplars(query, budget);
}

std::vector<bool> MetricStore::ArePinned(std::span<const model::TraceId> ids) const {
  return head_.ArePinned(ids);
}

}  // namespace glint::tsdb
