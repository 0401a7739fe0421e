#include "storage/memory_metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/sample.h"

namespace glint::storage {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr int64_t kHourMs = 3'600'000;

class ManualClock final : public Clock {
 public:
  int64_t NowNs() const override { return now_ms * 1'000'000; }
  int64_t now_ms = 1'000'000;
};

class MemoryMetricsTest : public ::testing::Test {
 protected:
  model::SeriesRef Ref(const model::Labels& labels) {
    const auto refs = store_.Resolve(std::vector<model::Labels>{labels});
    EXPECT_TRUE(refs.ok());
    return refs->at(0);
  }

  AppendCounts Append(const model::Labels& labels, model::TimeMs time, double value) {
    MetricBatch batch{.series = {Ref(labels)}, .values = {value}, .time = time};
    const auto counts = store_.Append(std::move(batch));
    EXPECT_TRUE(counts.ok()) << counts.status().ToString();
    return *counts;
  }

  AppendCounts AppendExemplar(const model::Labels& labels, const model::Exemplar& exemplar) {
    MetricBatch batch;
    batch.exemplar_series = {Ref(labels)};
    batch.exemplars = {exemplar};
    return *store_.Append(std::move(batch));
  }

  std::vector<SeriesData> Read(const SeriesQuery& query) {
    QueryBudget budget;
    auto cursor = store_.Select(query, budget);
    EXPECT_TRUE(cursor.ok());
    std::vector<SeriesData> out;
    while (true) {
      auto block = (*cursor)->Next();
      EXPECT_TRUE(block.ok());
      if (block->series.empty()) return out;
      for (SeriesData& data : block->series) out.push_back(std::move(data));
    }
  }

  ManualClock clock_;
  MemoryMetrics store_{MemoryMetrics::Options{.clock = &clock_}};
  const model::Labels up_{{"__name__", "up"}, {"job", "a"}};
};

TEST_F(MemoryMetricsTest, LateSamplesAreReadInTheirPlace) {
  for (const model::TimeMs time : {1000, 3000, 2000}) Append(up_, time, double(time));
  const auto series = Read({});
  ASSERT_EQ(series.size(), 1u);
  EXPECT_THAT(series[0].times, ElementsAre(1000, 2000, 3000));
  EXPECT_THAT(series[0].values, ElementsAre(1000, 2000, 3000));
}

// Remote write retries whole batches; a retry must neither double nor overwrite.
TEST_F(MemoryMetricsTest, SameTimeIsRepeatedOrConflictingAndTheFirstStays) {
  EXPECT_EQ(Append(up_, 1000, model::StaleNan()).samples_stored, 1u);
  EXPECT_EQ(Append(up_, 1000, model::StaleNan()).samples_repeated, 1u);
  EXPECT_EQ(Append(up_, 1000, 5).samples_conflicting, 1u);
  EXPECT_TRUE(model::IsStaleNan(Read({})[0].values[0]));
}

TEST_F(MemoryMetricsTest, HistogramAndFloatDoNotShareATime) {
  Append(up_, 1000, 1);
  MetricBatch batch;
  batch.histogram_series = {Ref(up_), Ref(up_)};
  const auto histogram =
      std::make_shared<const model::Histogram>(model::Histogram{.sum = model::StaleNan()});
  batch.histograms = {{1000, histogram}, {2000, histogram}};
  MetricBatch again = batch;
  EXPECT_EQ(store_.Append(std::move(batch))->samples_conflicting, 1u);
  EXPECT_EQ(store_.Append(std::move(again))->samples_repeated, 1u);
  EXPECT_EQ(Append(up_, 2000, 1).samples_conflicting, 1u);
  const auto series = Read({});
  EXPECT_THAT(series[0].times, ElementsAre(1000));
  ASSERT_EQ(series[0].histograms.size(), 1u);
  EXPECT_EQ(series[0].histograms[0].time, 2000);
}

// A cursor is read block by block while scrapes go on; a query must not see half of one.
TEST_F(MemoryMetricsTest, WritesAfterSelectDoNotShow) {
  Append(up_, 1000, 1);
  QueryBudget budget;
  const auto cursor = store_.Select({}, budget);
  Append(up_, 500, 2);
  Append(up_, 2000, 2);
  store_.DropBefore(1500);
  EXPECT_THAT((*cursor)->Next()->series[0].times, ElementsAre(1000));
  EXPECT_THAT(Read({})[0].times, ElementsAre(2000));
}

TEST_F(MemoryMetricsTest, BlocksAreInLabelOrderAndCharged) {
  for (int i = 0; i < 600; ++i) {
    Append({{"__name__", "m"}, {"i", std::to_string((i * 7) % 600)}}, 1000, i);
  }
  QueryBudget budget;
  const auto cursor = store_.Select({.series = {model::Matcher::Equal("__name__", "m")}}, budget);
  model::Labels last;
  size_t count = 0;
  size_t blocks = 0;
  uint64_t largest = 0;
  for (;; ++blocks) {
    const auto block = (*cursor)->Next();
    if (block->series.empty()) break;
    for (const SeriesData& data : block->series) {
      EXPECT_LT(last, *data.labels);
      last = *data.labels;
      ++count;
    }
    largest = std::max(largest, BytesOf(*block));
    EXPECT_EQ(budget.peak_bytes(), largest);
    budget.Release(BytesOf(*block), SamplesOf(*block));
  }
  EXPECT_EQ(count, 600u);
  EXPECT_EQ(blocks, 3u);
  EXPECT_EQ(budget.total_samples(), 600u);
}

TEST_F(MemoryMetricsTest, BudgetEndsASelection) {
  for (int i = 0; i < 100; ++i) Append(up_, i, i);
  QueryBudget few(QueryLimits{.max_samples = 99});
  const auto cursor = store_.Select({}, few);
  EXPECT_EQ((*cursor)->Next().status().code(), StatusCode::kResourceExhausted);
}

TEST_F(MemoryMetricsTest, SeriesAndNamesAreThoseWithASampleInTheRange) {
  Append(up_, 1000, 1);
  Append({{"__name__", "down"}, {"pod", "b"}}, 5000, 1);
  const SeriesQuery early{.time = {0, 2000}};
  QueryBudget budget;
  EXPECT_THAT(*store_.Series(early, 0, budget), ElementsAre(up_));
  EXPECT_THAT(*store_.LabelNames(early, 0, budget), ElementsAre("__name__", "job"));
  EXPECT_THAT(*store_.LabelNames({}, 2, budget), ElementsAre("__name__", "job"));
  EXPECT_THAT(*store_.LabelValues("__name__", {}, 0, budget), ElementsAre("down", "up"));
}

TEST_F(MemoryMetricsTest, TooNewAndTooOldAreCounted) {
  EXPECT_EQ(Append(up_, clock_.now_ms + kMaxFutureMs + 1, 1).samples_too_new, 1u);
  store_.DropBefore(1000);
  EXPECT_EQ(Append(up_, 999, 1).samples_too_old, 1u);
  EXPECT_EQ(Append(up_, 1000, 1).samples_stored, 1u);
}

TEST_F(MemoryMetricsTest, UnknownRefStoresNothing) {
  MetricBatch batch{.series = {Ref(up_), model::SeriesRef{99}}, .values = {1, 2}, .time = 1000};
  EXPECT_EQ(store_.Append(std::move(batch)).status().code(), StatusCode::kNotFound);
  EXPECT_THAT(Read({}), IsEmpty());
}

// A sender may hold a ref for an hour without writing; after that a dead series must not stay.
TEST_F(MemoryMetricsTest, EmptySeriesGoesWhenItsRefHasExpired) {
  const model::SeriesRef ref = Ref(up_);
  Append(up_, 1000, 1);
  EXPECT_EQ(store_.DropBefore(2000).samples, 1u);
  EXPECT_EQ(store_.series_count(), 1u);
  clock_.now_ms += kHourMs + 1;
  EXPECT_EQ(store_.DropBefore(2000).series, 1u);
  MetricBatch batch{.series = {ref}, .values = {1}, .time = 3000};
  EXPECT_EQ(store_.Append(std::move(batch)).status().code(), StatusCode::kNotFound);
}

TEST_F(MemoryMetricsTest, ExemplarsPinTheirTraceUntilTheyExpire) {
  const model::TraceId trace{{1}};
  const model::Exemplar exemplar{.time = 1000, .value = 2, .trace_id = trace};
  EXPECT_EQ(AppendExemplar(up_, exemplar).exemplars_stored, 1u);
  EXPECT_EQ(AppendExemplar(up_, exemplar).exemplars_repeated, 1u);
  EXPECT_THAT(store_.ArePinned(std::vector<model::TraceId>{trace, {{2}}}),
              ElementsAre(true, false));
  EXPECT_EQ(store_.DropBefore(1001).exemplars, 1u);
  EXPECT_THAT(store_.ArePinned(std::vector<model::TraceId>{trace}), ElementsAre(false));
  EXPECT_EQ(AppendExemplar(up_, exemplar).exemplars_expired, 1u);
}

// A deleted exemplar that still pinned its trace would keep it for ever.
TEST_F(MemoryMetricsTest, DeletionTakesSamplesHistogramsExemplarsAndPinsInTheRange) {
  const auto trace = model::TraceId::FromHex("a1");
  for (const model::TimeMs time : {1000, 2000, 3000}) {
    Append(up_, time, double(time));
    AppendExemplar(up_, {.time = time, .trace_id = *trace});
  }
  const model::Labels native{{"__name__", "native"}};
  MetricBatch batch;
  for (const model::TimeMs time : {1000, 2000, 3000}) {
    batch.histogram_series.push_back(Ref(native));
    batch.histograms.push_back({time, std::make_shared<const model::Histogram>(), 0});
  }
  ASSERT_TRUE(store_.Append(std::move(batch)).ok());
  const std::vector<std::vector<model::Matcher>> both = {
      {model::Matcher::Equal("__name__", "up")}, {model::Matcher::Equal("__name__", "native")}};

  EXPECT_TRUE(store_.Delete(both, {2000, 2999}).ok());
  auto series = Read({});
  ASSERT_EQ(series.size(), 2u);
  EXPECT_EQ(series[0].histograms.size(), 2u);
  EXPECT_THAT(series[1].times, ElementsAre(1000, 3000));
  EXPECT_THAT(series[1].values, ElementsAre(1000, 3000));
  EXPECT_TRUE(store_.ArePinned(std::vector{*trace})[0]);

  EXPECT_TRUE(store_.Delete(both, {}).ok());
  EXPECT_THAT(Read({}), IsEmpty());
  EXPECT_FALSE(store_.ArePinned(std::vector{*trace})[0]);
  Append(up_, 2000, 5);  // What arrives after is not concerned.
  EXPECT_THAT(Read({})[0].values, ElementsAre(5));
  EXPECT_FALSE(store_.Delete({}, {}).ok());
  EXPECT_FALSE(store_.Delete({{}}, {}).ok());
}

TEST_F(MemoryMetricsTest, ExemplarsOfAnyMatchingSetComeOnceAndOldestFirst) {
  for (const model::TimeMs time : {3000, 1000, 2000}) {
    AppendExemplar(up_, {.time = time, .value = 1});
  }
  ExemplarQuery query{
      .any_of = {{model::Matcher::Equal("job", "a")}, {model::Matcher::Equal("__name__", "up")}},
      .time = {1000, 2500}};
  QueryBudget budget;
  const auto found = store_.SelectExemplars(query, budget);
  ASSERT_EQ(found->size(), 1u);
  ASSERT_EQ((*found)[0].exemplars.size(), 2u);
  EXPECT_EQ((*found)[0].exemplars[0].time, 1000);
}

TEST_F(MemoryMetricsTest, MetadataKeepsWhatSendersDisagreeOn) {
  MetricBatch batch;
  batch.metadata = {{.family = "up", .help = "a"},
                    {.family = "up", .help = "b"},
                    {.family = "up", .help = "a"},
                    {.family = "x"}};
  ASSERT_TRUE(store_.Append(std::move(batch)).ok());
  EXPECT_EQ(store_.Metadata("up").size(), 2u);
  EXPECT_EQ(store_.Metadata("").size(), 3u);
}

TEST_F(MemoryMetricsTest, StartTimesAreZeroWhereUnknown) {
  Append(up_, 1000, 1);
  MetricBatch batch{.series = {Ref(up_)}, .values = {2}, .time = 2000, .start_times = {500}};
  ASSERT_TRUE(store_.Append(std::move(batch)).ok());
  EXPECT_THAT(Read({})[0].start_times, ElementsAre(0, 500));
  EXPECT_THAT(Read({.time = {0, 1500}})[0].start_times, IsEmpty());
}

}  // namespace
}  // namespace glint::storage
