#include "promql/grid_pushdown.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "promql/engine.h"
#include "storage/memory_metrics.h"

namespace glint::promql {
namespace {

// A store that computes fragments: answers each with one series and remembers what it was asked.
class ComputingStore final : public storage::MetricReader {
 public:
  StatusOr<std::optional<storage::GridResult>> SelectGrid(const storage::GridQuery& query,
                                                          QueryBudget&) const override {
    asked.push_back(query);
    if (!accepts) return std::optional<storage::GridResult>();
    const auto steps = static_cast<size_t>((query.end - query.start) / query.step_ms) + 1;
    storage::GridSeries series;
    series.labels = model::Labels{{"job", "a"}};
    series.values.assign(steps, 7);
    series.present.assign(steps, 1);
    series.present[0] = 0;
    return std::optional<storage::GridResult>(storage::GridResult{{std::move(series)}, {"slow"}});
  }
  StatusOr<std::unique_ptr<storage::SeriesCursor>> Select(const storage::SeriesQuery& query,
                                                          QueryBudget& budget) const override {
    ++selected;
    return samples.Select(query, budget);
  }
  StatusOr<std::vector<model::Labels>> Series(const storage::SeriesQuery& query, size_t limit,
                                              QueryBudget& budget) const override {
    return samples.Series(query, limit, budget);
  }
  StatusOr<std::vector<std::string>> LabelNames(const storage::SeriesQuery& query, size_t limit,
                                                QueryBudget& budget) const override {
    return samples.LabelNames(query, limit, budget);
  }
  StatusOr<std::vector<std::string>> LabelValues(const std::string& name,
                                                 const storage::SeriesQuery& query, size_t limit,
                                                 QueryBudget& budget) const override {
    return samples.LabelValues(name, query, limit, budget);
  }
  std::vector<model::MetricMetadata> Metadata(const std::string&) const override { return {}; }

  storage::MemoryMetrics samples;
  bool accepts = true;
  mutable std::vector<storage::GridQuery> asked;
  mutable int selected = 0;
};

StatusOr<QueryResult> Ask(const ComputingStore& store, std::string_view query) {
  const Engine engine(store);
  QueryBudget budget;
  return engine.Range(query, 60'000, 120'000, 30'000, budget);
}

// A remote store answers a dashboard with its groups, not with all its samples.
TEST(GridPushdownTest, SumOfRatesIsComputedByTheStore) {
  ComputingStore store;
  const auto result = Ask(store, "sum without (b, a) (rate(x_total{c=\"d\"}[5m] offset 1m)) * 2");
  ASSERT_TRUE(result.ok()) << result.status().ToString();
  ASSERT_EQ(store.asked.size(), 1u);
  const storage::GridQuery& query = store.asked[0];
  EXPECT_EQ(query.start, 60'000);
  EXPECT_EQ(query.end, 120'000);
  EXPECT_EQ(query.step_ms, 30'000);
  EXPECT_EQ(query.window_ms, 300'000);
  EXPECT_EQ(query.offset_ms, 60'000);
  EXPECT_EQ(query.function, storage::GridFunction::kRate);
  EXPECT_EQ(query.aggregate, storage::GridAggregation::kSum);
  EXPECT_THAT(query.grouping, ::testing::ElementsAre("a", "b"));
  EXPECT_TRUE(query.without);
  EXPECT_EQ(store.selected, 0);
  const Matrix& matrix = std::get<Matrix>(result->value);
  ASSERT_EQ(matrix.size(), 1u);
  EXPECT_EQ(matrix[0].labels, (model::Labels{{"job", "a"}}));
  ASSERT_EQ(matrix[0].floats.size(), 2u);
  EXPECT_EQ(matrix[0].floats[0].time, 90'000);
  EXPECT_EQ(matrix[0].floats[0].value, 14);
  EXPECT_THAT(result->annotations.warnings, ::testing::ElementsAre("slow"));
}

TEST(GridPushdownTest, RefusedFragmentIsComputedHere) {
  ComputingStore store;
  store.accepts = false;
  ASSERT_TRUE(Ask(store, "sum(rate(x_total[5m]))").ok());
  EXPECT_GE(store.asked.size(), 1u);
  EXPECT_EQ(store.selected, 1);
}

// What a fragment cannot say is never offered: the answer would be another one.
TEST(GridPushdownTest, OnlyWhatAFragmentCanSayIsOffered) {
  for (const std::string_view query :
       {"sum(rate(x_total[5m] @ 100))", "rate(x_total[5m:1m])", "rate(x_total[5m] anchored)",
        "stddev_over_time(x[5m])", "sum(x)", "quantile_over_time(0.5, x[5m])"}) {
    ComputingStore store;
    ASSERT_TRUE(Ask(store, query).ok()) << query;
    EXPECT_TRUE(store.asked.empty()) << query;
  }
}

}  // namespace
}  // namespace glint::promql
