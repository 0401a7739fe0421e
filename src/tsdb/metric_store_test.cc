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
  // After LosePower() the store before cannot write its head out any more: the log is replayed.
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

TEST_F(MetricStoreTest, RetentionDropsWholePartsAndUnusedSeries) {
  for (int i = 0; i < 200; ++i) ASSERT_TRUE(Append({down_}, now() + i, i).ok());
  ASSERT_TRUE(store_->Flush().ok());
  clock_.now_ms += 2 * 3'600'000;
  ASSERT_TRUE(Append({up_}, now(), 1).ok());
  EXPECT_EQ(Times(down_).size(), 200u);
  store_->Maintain();
  EXPECT_THAT(Times(down_), IsEmpty());
  EXPECT_THAT(Times(up_), ElementsAre(now()));
  const MetricStoreStats stats = store_->Stats();
  EXPECT_EQ(stats.dropped_part_samples, 200u);
  EXPECT_EQ(stats.head.series, 1u);
  EXPECT_EQ(stats.parts, 1u) << "of the sample of now";
  Open();
  EXPECT_THAT(Times(down_), IsEmpty());
  EXPECT_THAT(Times(up_), ElementsAre(now()));
}

TEST_F(MetricStoreTest, BeyondTheBytesTheOldestPartsGo) {
  for (int part = 0; part < 4; ++part) {
    ASSERT_TRUE(Append({up_}, now() - 3'000'000 + part * 1000, part).ok());
    ASSERT_TRUE(store_->Flush().ok());
  }
  options_.max_part_bytes = store_->Stats().part_bytes / 2;
  Open();
  EXPECT_LE(store_->Stats().part_bytes, options_.max_part_bytes);
  EXPECT_EQ(Times(up_).back(), now() - 3'000'000 + 3000);
  EXPECT_GT(Times(up_).front(), now() - 3'000'000);
}

TEST_F(MetricStoreTest, RefsOfDroppedSeriesAreNotFound) {
  const auto refs = *store_->Resolve(std::vector<model::Labels>{up_});
  clock_.now_ms += storage::kRefLifetimeMs + 1;
  ASSERT_TRUE(store_->Flush().ok());
  MetricBatch batch{.series = refs, .values = {1}, .time = now()};
  EXPECT_EQ(store_->Append(std::move(batch)).status().code(), StatusCode::kNotFound);
}

// Memory follows what is new, not what is stored: old samples leave it for the disk.
TEST_F(MetricStoreTest, AFullHeadIsWrittenOut) {
  options_.max_head_bytes = 20'000;
  Open();
  std::vector<model::Labels> series;
  for (int i = 0; i < 20; ++i) series.push_back({{"__name__", "m"}, {"i", std::to_string(i)}});
  for (int i = 0; i < 600; ++i) {
    const auto counts = Append(series, now() + i * 1000 - 600'000, 1.0 / (i + 1));
    ASSERT_EQ(counts->samples_stored, 20u);
    store_->Maintain();
    ASSERT_LT(store_->Stats().head.bytes, 60'000u);
  }
  const MetricStoreStats stats = store_->Stats();
  EXPECT_GT(stats.flushes, 1u);
  EXPECT_EQ(stats.part_samples + stats.head.samples, 12'000u);
  EXPECT_EQ(Times(series[0]).size(), 600u);
  Open();
  EXPECT_EQ(Times(series[0]).size(), 600u);
  EXPECT_EQ(store_->Stats().replayed_records, 0u) << "a clean end leaves nothing to replay";
}

// A row and what does not fit it: another sender of the same series, a repeat, a late sample.
TEST_F(MetricStoreTest, WhatDoesNotFitARowIsStoredBesideIt) {
  const auto refs = *store_->Resolve(std::vector<model::Labels>{up_, down_});
  const auto append = [&](uint64_t sender, std::vector<model::SeriesRef> series, TimeMs time,
                          double value) {
    MetricBatch batch{.sender = sender, .series = std::move(series), .time = time};
    batch.values.assign(batch.series.size(), value);
    return *store_->Append(std::move(batch));
  };
  EXPECT_EQ(append(1, refs, now(), 1).samples_stored, 2u);
  EXPECT_EQ(append(1, refs, now() + 1000, 2).samples_stored, 2u);
  EXPECT_EQ(append(2, {refs[0]}, now() + 500, 3).samples_stored, 1u);
  EXPECT_EQ(append(2, {refs[0]}, now() + 1000, 2).samples_repeated, 1u);
  EXPECT_EQ(append(2, {refs[0]}, now() + 1000, 3).samples_conflicting, 1u);
  EXPECT_EQ(append(2, {refs[0]}, now() + 3000, 3).samples_stored, 1u);
  EXPECT_EQ(append(1, refs, now() + 3000, 4).samples_conflicting, 1u);
  EXPECT_EQ(append(1, refs, now() + 2000, 4).samples_stored, 2u) << "late";
  EXPECT_EQ(append(1, {refs[0], refs[0]}, now() + 4000, 4).samples_repeated, 1u);
  const std::vector<TimeMs> wanted{now(),        now() + 500,  now() + 1000,
                                   now() + 2000, now() + 3000, now() + 4000};
  EXPECT_EQ(Times(up_), wanted);
  files_.LosePower();
  Open();
  EXPECT_EQ(Times(up_), wanted) << "replayed";
  ASSERT_TRUE(store_->Flush().ok());
  EXPECT_EQ(Times(up_), wanted) << "from a part";
}

TEST_F(MetricStoreTest, BehindItsSeriesASampleMayComeSoLateAndNoLater) {
  options_.out_of_order_ms = 60'000;
  Open();
  ASSERT_TRUE(Append({up_}, now(), 1).ok());
  EXPECT_EQ(Append({up_}, now() - 60'000, 1)->samples_stored, 1u);
  EXPECT_EQ(Append({up_}, now() - 60'001, 1)->samples_too_old, 1u);
  EXPECT_EQ(Append({down_}, now() - 3'000'000, 1)->samples_stored, 1u) << "nothing newer of it";
  files_.LosePower();
  Open();
  EXPECT_THAT(Times(up_), ElementsAre(now() - 60'000, now()));
}

TEST_F(MetricStoreTest, WhatIsDeletedIsGoneAndWhatComesAfterStays) {
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(Append({up_, down_}, now() + i, i).ok());
  const std::vector<std::vector<model::Matcher>> up{{model::Matcher::Equal("__name__", "up")}};
  ASSERT_TRUE(store_->Delete(up, {now() + 2, now() + 7}).ok());
  EXPECT_THAT(Times(up_), ElementsAre(now(), now() + 1, now() + 8, now() + 9));
  EXPECT_EQ(Times(down_).size(), 10u);
  EXPECT_EQ(Append({up_}, now() + 5, 7)->samples_stored, 1u);
  const std::vector<TimeMs> left{now(), now() + 1, now() + 5, now() + 8, now() + 9};
  EXPECT_EQ(Times(up_), left);
  files_.LosePower();
  Open();
  EXPECT_EQ(Times(up_), left);
  ASSERT_TRUE(store_->CleanTombstones().ok());
  EXPECT_EQ(store_->Stats().tombstones, 0u);
  EXPECT_EQ(store_->Stats().deleted_samples, 6u);
  EXPECT_EQ(Times(up_), left);
  EXPECT_EQ(store_->Delete({}, {}).code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(store_->Delete({{}}, {}).code(), StatusCode::kInvalidArgument);
}

TEST_F(MetricStoreTest, ASnapshotIsAStoreAsItWas) {
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(Append({up_}, now() + i, i).ok());
  const auto folder = store_->Snapshot();
  ASSERT_TRUE(folder.ok()) << folder.status().ToString();
  ASSERT_TRUE(Append({up_}, now() + 100, 1).ok());
  options_.folder = *folder;
  Open();
  EXPECT_EQ(Times(up_).size(), 10u);
}

// One bad sector takes the samples on it, not the store.
TEST_F(MetricStoreTest, ADamagedPartIsNamedAndTheRestServed) {
  ASSERT_TRUE(Append({up_}, now(), 1).ok());
  ASSERT_TRUE(store_->Flush().ok());
  ASSERT_TRUE(Append({down_}, now(), 1).ok());
  ASSERT_TRUE(store_->Flush().ok());
  store_.reset();
  const std::string path = "/metrics/" + PartName(1);
  files_.SetContent(path, files_.Content(path).substr(0, 50));
  Open();
  EXPECT_THAT(Times(up_), IsEmpty());
  EXPECT_THAT(Times(down_), ElementsAre(now()));
  EXPECT_EQ(store_->Stats().unreadable_parts, 1u);
  ASSERT_EQ(store_->damage().size(), 1u);
  EXPECT_THAT(store_->damage()[0], HasSubstr("part 1"));
}

TEST_F(MetricStoreTest, AFullDiskKeepsTheHeadUntilThereIsRoom) {
  for (int i = 0; i < 50; ++i) ASSERT_TRUE(Append({up_, down_}, now() + i, i).ok());
  files_.SetCapacity(0);
  EXPECT_EQ(store_->Flush().code(), StatusCode::kUnavailable);
  EXPECT_EQ(store_->Stats().failed_flushes, 1u);
  EXPECT_EQ(Times(up_).size(), 50u);
  files_.SetCapacity(UINT64_MAX);
  ASSERT_TRUE(Append({up_, down_}, now() + 100, 1).ok());
  ASSERT_TRUE(store_->Flush().ok());
  EXPECT_EQ(Times(up_).size(), 51u);
  files_.LosePower();
  Open();
  EXPECT_EQ(Times(up_).size(), 51u);
  ASSERT_TRUE(store_->Flush().ok());
  EXPECT_EQ(store_->Stats().log_segments, 0u);
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
  files_.LosePower();  // So that it stays in the log.
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
