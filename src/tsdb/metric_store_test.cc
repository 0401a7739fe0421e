#include "tsdb/metric_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "base/file_in_memory.h"

namespace glint::tsdb {
namespace {

using model::TimeMs;
using storage::MetricBatch;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class ManualClock final : public Clock {
 public:
  int64_t NowNs() const override { return now_ms * 1'000'000; }
  std::atomic<int64_t> now_ms = 1'700'000'000'000;
};

class MetricStoreTest : public ::testing::Test {
 protected:
  void SetUp() override {
    options_ = {.folder = "/metrics",
                .retention_ms = 3'600'000,
                .segment_bytes = 4096,
                .files = &files_,
                .clock = &clock_,
                .maintenance_interval_ms = 0};
    Open();
  }
  void Open() {
    store_.reset();
    auto opened = MetricStore::Open(options_);
    ASSERT_TRUE(opened.ok()) << opened.status().ToString();
    store_ = *std::move(opened);
  }

  StatusOr<storage::AppendCounts> Append(const std::vector<model::Labels>& series, TimeMs time,
                                         double value) {
    MetricBatch batch;
    batch.series = *store_->Resolve(series);
    batch.values.assign(series.size(), value);
    batch.time = time;
    return store_->Append(std::move(batch));
  }

  std::vector<TimeMs> Times(const model::Labels& series) {
    QueryBudget budget;
    const auto cursor = store_->Select({}, budget);
    std::vector<TimeMs> times;
    while (true) {
      const auto block = (*cursor)->Next();
      EXPECT_TRUE(block.ok()) << block.status().ToString();
      if (!block.ok() || block->series.empty()) return times;
      for (const storage::SeriesData& data : block->series) {
        if (*data.labels == series) times = data.times;
      }
    }
  }

  TimeMs now() const { return clock_.now_ms; }

  InMemoryFileSystem files_;
  ManualClock clock_;
  MetricStoreOptions options_;
  std::unique_ptr<MetricStore> store_;
  const model::Labels up_{{"__name__", "up"}};
  const model::Labels down_{{"__name__", "down"}};
};

TEST_F(MetricStoreTest, WhatWasAcknowledgedIsThereAfterAPowerLoss) {
  for (int i = 0; i < 300; ++i) ASSERT_TRUE(Append({up_, down_}, now() + i, i).ok());
  files_.LosePower();
  Open();
  EXPECT_EQ(Times(up_).size(), 300u);
  EXPECT_GT(store_->Stats().log_segments, 1u);
  EXPECT_EQ(store_->Stats().unreadable_records, 0u);
}

// Refused is refused: nothing of it may turn up later, and the room comes back without a restart.
TEST_F(MetricStoreTest, FullDiskRefusesWholeBatchesAndRecovers) {
  ASSERT_TRUE(Append({up_}, now(), 1).ok());
  files_.SetCapacity(files_.used_bytes());
  std::vector<model::Labels> many;
  for (int i = 0; i < 300; ++i) many.push_back({{"__name__", "m"}, {"i", std::to_string(i)}});
  const auto refused = Append(many, now(), 1);
  ASSERT_EQ(refused.status().code(), StatusCode::kUnavailable);
  EXPECT_THAT(refused.status().ToString(), HasSubstr("No space left"));
  EXPECT_THAT(Times(up_), ElementsAre(now()));
  EXPECT_THAT(Times(many[0]), IsEmpty());
  EXPECT_GE(store_->Stats().refused_batches, 1u);
  files_.SetCapacity(UINT64_MAX);
  ASSERT_TRUE(Append(many, now() + 1, 2).ok());
  Open();
  EXPECT_THAT(Times(many[7]), ElementsAre(now() + 1));
  EXPECT_THAT(Times(up_), ElementsAre(now()));
}

TEST_F(MetricStoreTest, RetentionDropsWholeSegmentsAndUnusedSeries) {
  for (int i = 0; i < 200; ++i) ASSERT_TRUE(Append({down_}, now() + i, i).ok());
  const uint64_t segments = store_->Stats().log_segments;
  ASSERT_GT(segments, 1u);
  clock_.now_ms += 2 * 3'600'000;
  ASSERT_TRUE(Append({up_}, now(), 1).ok());
  store_->Maintain();
  EXPECT_THAT(Times(down_), IsEmpty());
  EXPECT_THAT(Times(up_), ElementsAre(now()));
  MetricStoreStats stats = store_->Stats();
  EXPECT_EQ(stats.dropped_by_retention.samples, 200u);
  EXPECT_EQ(stats.head.series, 1u);
  EXPECT_LT(stats.log_segments, segments);
  Open();
  EXPECT_THAT(Times(down_), IsEmpty());
  EXPECT_THAT(Times(up_), ElementsAre(now()));
}

TEST_F(MetricStoreTest, RefsOfDroppedSeriesAreNotFound) {
  const auto refs = *store_->Resolve(std::vector<model::Labels>{up_});
  clock_.now_ms += storage::kRefLifetimeMs + 1;
  store_->Maintain();
  MetricBatch batch{.series = refs, .values = {1}, .time = now()};
  EXPECT_EQ(store_->Append(std::move(batch)).status().code(), StatusCode::kNotFound);
}

// Never refuse what is new for the sake of what is old, and do not grow again at the next start.
TEST_F(MetricStoreTest, AtTheMemoryLimitTheOldestGoFirst) {
  options_.max_bytes = 60'000;
  Open();
  std::vector<model::Labels> series;
  for (int i = 0; i < 20; ++i) series.push_back({{"__name__", "m"}, {"i", std::to_string(i)}});
  for (int i = 0; i < 600; ++i) {
    const auto counts = Append(series, now() + i * 1000 - 600'000, 1.0 / (i + 1));
    ASSERT_EQ(counts->samples_stored, 20u);
  }
  EXPECT_LE(store_->Stats().head.bytes, options_.max_bytes);
  EXPECT_GT(store_->Stats().dropped_by_limit.samples, 0u);
  const std::vector<TimeMs> times = Times(series[0]);
  EXPECT_EQ(times.back(), now() - 1000);
  ASSERT_TRUE(Append(series, now(), 1).ok());
  Open();
  EXPECT_LE(store_->Stats().head.bytes, options_.max_bytes);
  EXPECT_GE(Times(series[0]).front(), times.front());
  EXPECT_EQ(Times(series[0]).back(), now());
}

TEST_F(MetricStoreTest, TooManySeriesAreRefusedAndKnownOnesAreNot) {
  options_.max_series = 1;
  Open();
  ASSERT_TRUE(Append({up_}, now(), 1).ok());
  EXPECT_EQ(store_->Resolve(std::vector<model::Labels>{up_, down_}).status().code(),
            StatusCode::kResourceExhausted);
  EXPECT_TRUE(store_->Resolve(std::vector<model::Labels>{up_}).ok());
}

// Damage in the definitions of a segment must not put samples into another series.
TEST_F(MetricStoreTest, DamagedDefinitionsLoseTheirSamplesAndNothingElse) {
  ASSERT_TRUE(Append({up_}, now(), 1).ok());
  ASSERT_TRUE(Append({down_}, now(), 1).ok());
  ASSERT_TRUE(Append({up_, down_}, now() + 1, 1).ok());
  store_.reset();
  const std::string path = "/metrics/0000000000000001.wal";
  files_.FlipBit(path, files_.Content(path).find("up") * 8);
  Open();
  EXPECT_THAT(Times(up_), IsEmpty());
  EXPECT_THAT(Times(down_), ElementsAre(now(), now() + 1));
  EXPECT_EQ(store_->Stats().unreadable_records, 1u);
  EXPECT_EQ(store_->Stats().unresolved_samples, 1u);
  ASSERT_EQ(store_->damage().size(), 1u);
  EXPECT_THAT(store_->damage()[0], HasSubstr(path));
}

TEST_F(MetricStoreTest, ShutDownRefusesWritesAndServesReads) {
  ASSERT_TRUE(Append({up_}, now(), 1).ok());
  const auto refs = *store_->Resolve(std::vector<model::Labels>{up_});
  store_->Shutdown();
  MetricBatch batch{.series = refs, .values = {1}, .time = now() + 1};
  EXPECT_EQ(store_->Append(std::move(batch)).status().code(), StatusCode::kUnavailable);
  EXPECT_THAT(Times(up_), ElementsAre(now()));
}

// Scrapes, pushes, queries and retention all at once; TSan watches.
TEST_F(MetricStoreTest, WritersAndReadersDoNotDisturbEachOther) {
  constexpr int kWriters = 3;
  constexpr int kBatches = 400;
  {
    std::atomic<int> writing = kWriters;
    std::vector<std::jthread> threads;
    for (int w = 0; w < kWriters; ++w) {
      threads.emplace_back([&, w] {
        const model::Labels mine{{"__name__", "m"}, {"w", std::to_string(w)}};
        for (int i = 0; i < kBatches; ++i) {
          EXPECT_EQ(Append({mine, up_}, now() - 1000 + i, i)->samples_conflicting, 0u);
        }
        --writing;
      });
    }
    threads.emplace_back([&] {
      while (writing > 0) {
        const std::vector<TimeMs> times = Times({{"__name__", "m"}, {"w", "0"}});
        // A snapshot has no holes: what is there is there from the first on.
        for (size_t i = 0; i < times.size(); ++i) {
          ASSERT_EQ(times[i], now() - 1000 + static_cast<TimeMs>(i));
        }
        store_->Maintain();
        store_->Stats();
      }
    });
  }
  EXPECT_EQ(Times(up_).size(), static_cast<size_t>(kBatches));
  Open();
  EXPECT_EQ(Times({{"__name__", "m"}, {"w", "2"}}).size(), static_cast<size_t>(kBatches));
}

}  // namespace
}  // namespace glint::tsdb
