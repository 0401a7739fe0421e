#include "promql/engine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "storage/memory_metrics.h"

namespace glint::promql {
namespace {

using ::testing::ElementsAre;

class EngineTest : public ::testing::Test {
 protected:
  // One value every 15 s from 0 on.
  void Store(const model::Labels& labels, const std::vector<double>& values) {
    const auto refs = store_.Resolve(std::span(&labels, 1));
    ASSERT_TRUE(refs.ok());
    storage::MetricBatch batch;
    for (size_t i = 0; i < values.size(); ++i) {
      batch.series.push_back((*refs)[0]);
      batch.values.push_back(values[i]);
      batch.times.push_back(static_cast<int64_t>(i) * 15'000);
    }
    ASSERT_TRUE(store_.Append(std::move(batch)).ok());
  }
  Vector At(std::string_view query, int64_t seconds) {
    auto result = engine_.Instant(query, seconds * 1000, budget_);
    EXPECT_TRUE(result.ok()) << result.status().ToString();
    if (!result.ok() || !std::holds_alternative<Vector>(result->value)) return {};
    annotations_ = result->annotations;
    return std::get<Vector>(result->value);
  }
  double ValueAt(std::string_view query, int64_t seconds) {
    const Vector vector = At(query, seconds);
    EXPECT_EQ(vector.size(), 1u) << query;
    return vector.empty() ? NAN : vector[0].value;
  }

  storage::MemoryMetrics store_;
  Engine engine_{store_};
  QueryBudget budget_;
  Annotations annotations_;
};

// Alerts fire on series that ended, unless the marker and the lookback end them.
TEST_F(EngineTest, SeriesEndsAtItsStalenessMarkerOrAfterTheLookback) {
  Store({{"__name__", "a"}}, {1, 2, model::StaleNan()});
  Store({{"__name__", "b"}}, {1, 2});
  EXPECT_EQ(ValueAt("a", 29), 2);
  EXPECT_TRUE(At("a", 30).empty());
  EXPECT_EQ(ValueAt("b", 15 + 299), 2);
  EXPECT_TRUE(At("b", 15 + 300).empty());
}

TEST_F(EngineTest, RangeIsLeftOpen) {
  Store({{"__name__", "a"}}, {1, 2, 3});
  EXPECT_EQ(ValueAt("count_over_time(a[30s])", 30), 2);
}

TEST_F(EngineTest, RateSeesThroughResetsAndExtrapolates) {
  Store({{"__name__", "a_total"}}, {0, 15, 30, 5, 20});
  // 0 -> 30, then from zero to 20: 50 in 60 s, with nothing to extrapolate.
  EXPECT_DOUBLE_EQ(ValueAt("increase(a_total[1m1s])", 60), 50);
  EXPECT_TRUE(annotations_.infos.empty());
}

TEST_F(EngineTest, RateOfWhatIsNotNamedACounterIsRemarkedOn) {
  Store({{"__name__", "a"}}, {0, 15, 30});
  EXPECT_EQ(At("rate(a[1m])", 30).size(), 1u);
  EXPECT_THAT(annotations_.infos,
              ElementsAre("PromQL info: metric might not be a counter, name does not end in "
                          "_total/_sum/_count/_bucket: \"a\" (1:6)"));
}

TEST_F(EngineTest, QuantileOfClassicBuckets) {
  for (const auto& [le, count] :
       std::vector<std::pair<std::string, double>>{{"1", 10}, {"2", 30}, {"+Inf", 40}}) {
    Store({{"__name__", "h_bucket"}, {"le", le}}, {count});
  }
  EXPECT_DOUBLE_EQ(ValueAt("histogram_quantile(0.5, h_bucket)", 0), 1.5);
  EXPECT_DOUBLE_EQ(ValueAt("histogram_quantile(0.9, h_bucket)", 0), 2);
}

TEST_F(EngineTest, NamesGoAwayAtOnceUnlessDelayed) {
  Store({{"__name__", "a"}, {"x", "1"}}, {1});
  const std::string_view query = "label_replace(-a, \"was\", \"$1\", \"__name__\", \"(.*)\")";
  EXPECT_EQ(At(query, 0)[0].labels, (model::Labels{{"x", "1"}}));
  EngineOptions options;
  options.delayed_name_removal = true;
  const Engine delayed(store_, options);
  const auto result = delayed.Instant(query, 0, budget_);
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(std::get<Vector>(result->value)[0].labels, (model::Labels{{"was", "a"}, {"x", "1"}}));
}

TEST_F(EngineTest, RangeQueryIsOrderedByLabels) {
  Store({{"__name__", "a"}, {"x", "2"}}, {1, 2});
  Store({{"__name__", "a"}, {"x", "1"}}, {3, 4});
  const auto result = engine_.Range("sort_desc(a)", 0, 30'000, 15'000, budget_);
  ASSERT_TRUE(result.ok());
  const Matrix& matrix = std::get<Matrix>(result->value);
  ASSERT_EQ(matrix.size(), 2u);
  EXPECT_EQ(matrix[0].labels.Get("x"), "1");
  ASSERT_EQ(matrix[0].floats.size(), 3u);
  EXPECT_EQ(matrix[0].floats[2].value, 4);
  EXPECT_EQ(matrix[0].floats[2].time, 30'000);
}

TEST_F(EngineTest, RangeQueryOfARangeIsRefused) {
  const auto result = engine_.Range("a[5m]", 0, 1000, 1000, budget_);
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.status().message(),
            "invalid expression type \"range vector\" for range query, must be Scalar or instant "
            "Vector");
  EXPECT_FALSE(engine_.Range("1", 1000, 0, 1000, budget_).ok());
  EXPECT_FALSE(engine_.Range("1", 0, 1000, 0, budget_).ok());
}

TEST_F(EngineTest, TwoPartnersAreAnErrorThatNamesBoth) {
  Store({{"__name__", "a"}, {"x", "1"}}, {1});
  Store({{"__name__", "b"}, {"x", "1"}, {"y", "1"}}, {1});
  Store({{"__name__", "b"}, {"x", "1"}, {"y", "2"}}, {1});
  const auto result = engine_.Instant("a * on(x) b", 0, budget_);
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.status().message(),
            "found duplicate series for the match group {x=\"1\"} on the right hand-side of the "
            "operation: [{__name__=\"b\", x=\"1\", y=\"1\"}, {__name__=\"b\", x=\"1\", y=\"2\"}];"
            "many-to-many matching not allowed: matching labels must be unique on one side");
}

// One careless query must not take the others' memory.
TEST_F(EngineTest, QueryStaysWithinItsBudget) {
  Store({{"__name__", "a"}}, {1, 2, 3});
  QueryLimits limits;
  limits.max_bytes = 100'000;
  for (const std::string_view query : {"a[1h:1ms]", "sum_over_time(a[1y:1ms])"}) {
    QueryBudget budget(limits);
    const auto result = engine_.Instant(query, 30'000, budget);
    ASSERT_FALSE(result.ok()) << query;
    EXPECT_EQ(result.status().code(), StatusCode::kResourceExhausted);
  }
  QueryBudget budget(limits);
  EXPECT_FALSE(engine_.Range("time()", 0, 10'000'000'000, 1, budget).ok());
}

// A budget that is not given back would starve the next part of the same query.
TEST_F(EngineTest, GivesBackWhatItHeld) {
  Store({{"__name__", "a"}}, {1, 2, 3});
  QueryLimits limits;
  limits.max_bytes = 20'000;
  QueryBudget budget(limits);
  for (int i = 0; i < 1000; ++i) {
    ASSERT_TRUE(engine_.Instant("sum(rate(a[1m])) + a", 30'000, budget).ok()) << i;
  }
}

TEST_F(EngineTest, CancelledQueryEnds) {
  Store({{"__name__", "a"}}, {1});
  std::stop_source stop;
  stop.request_stop();
  QueryBudget budget({}, stop.get_token());
  const auto result = engine_.Instant("a", 0, budget);
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.status().code(), StatusCode::kCancelled);
}

TEST_F(EngineTest, TimesOutOfRangeAreRefused) {
  EXPECT_FALSE(engine_.Instant("a", std::numeric_limits<int64_t>::max(), budget_).ok());
  EXPECT_FALSE(engine_.Instant("a offset 1e300", 0, budget_).ok());
  EXPECT_FALSE(engine_.Instant("a[1e300]", 0, budget_).ok());
}

TEST(SelectorsTest, AreListedInTheOrderOfTheText) {
  const auto expr = Parse("a / on(x) sum(rate(b{c=\"d\"}[5m]))");
  ASSERT_TRUE(expr.ok());
  const auto selectors = Selectors(**expr);
  ASSERT_EQ(selectors.size(), 2u);
  EXPECT_EQ(selectors[0][0].value(), "a");
  EXPECT_EQ(selectors[1].size(), 2u);
}

}  // namespace
}  // namespace glint::promql
