// kill -9 at random instants: nothing acknowledged is missing, nothing is invented.
#include <gtest/gtest.h>

#include <cstring>
#include <map>
#include <random>
#include <thread>

#include "base/killed_child.h"
#include "base/log.h"
#include "base/test_folder.h"
#include "tsdb/metric_store.h"

namespace glint::tsdb {
namespace {

constexpr int kLives = 40;
constexpr int kThreads = 2;
// Of late, or exemplars would be thinned by their age.
const int64_t kStartMs = SystemClock().NowMs() - 600'000;

// Sample n of thread t is at kStartMs + n, with value n, and an exemplar of trace n + 1.
model::Labels SeriesOf(int thread) {
  return {{"__name__", "m"}, {"thread", std::to_string(thread)}};
}

model::TraceId TraceOf(int64_t n) {
  model::TraceId id;
  const int64_t number = n + 1;
  std::memcpy(id.bytes.data(), &number, sizeof number);
  return id;
}

struct Acknowledged {
  int64_t thread;
  int64_t n;
};

MetricStoreOptions OptionsOf(const std::string& folder, bool synced) {
  return {.folder = folder,
          .retention_ms = 100ll * 365 * 24 * 3'600'000,
          .max_head_bytes = 20'000,
          .ack = synced ? wal::AckMode::kSynced : wal::AckMode::kWritten,
          .segment_bytes = 16 << 10,
          .maintenance_interval_ms = 1};
}

// The child: appends until it is killed, and says so of each batch that was acknowledged.
void Live(const std::string& folder, bool synced, const int64_t* next,
          const Reports<Acknowledged>& reports) {
  auto store = MetricStore::Open(OptionsOf(folder, synced));
  if (!store.ok()) _exit(3);
  std::vector<std::jthread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int64_t n = next[t];; ++n) {
        const auto refs = (*store)->Resolve(std::vector<model::Labels>{SeriesOf(t)});
        storage::MetricBatch batch{.series = *refs,
                                   .values = {static_cast<double>(n)},
                                   .time = kStartMs + n,
                                   .exemplar_series = *refs,
                                   .exemplars = {{.time = kStartMs + n, .trace_id = TraceOf(n)}}};
        if (!(*store)->Append(std::move(batch)).ok()) _exit(4);
        reports.Send({t, n});
      }
    });
  }
}

// What is stored of a thread, checked against what was sent: the number of samples.
int64_t CheckStored(const MetricStore& store, int thread) {
  QueryBudget budget;
  const std::vector<model::Matcher> series = {
      model::Matcher::Equal("thread", std::to_string(thread))};
  int64_t count = 0;
  auto cursor = store.Select({.series = series}, budget);
  while (true) {
    const auto block = (*cursor)->Next();
    EXPECT_TRUE(block.ok());
    if (!block.ok() || block->series.empty()) break;
    for (size_t i = 0; i < block->series[0].times.size(); ++i, ++count) {
      EXPECT_EQ(block->series[0].times[i], kStartMs + count);
      EXPECT_EQ(block->series[0].values[i], static_cast<double>(count));
    }
  }
  const auto exemplars = store.SelectExemplars({.any_of = {series}}, budget);
  const size_t held = exemplars->empty() ? 0 : exemplars->at(0).exemplars.size();
  EXPECT_EQ(held, static_cast<size_t>(count));
  for (size_t i = 0; i < held; ++i) {
    EXPECT_EQ(exemplars->at(0).exemplars[i].trace_id, TraceOf(static_cast<int64_t>(i)));
  }
  return count;
}

TEST(MetricStoreKillTest, NothingAcknowledgedIsMissingAndNothingIsInvented) {
  const uint64_t seed = std::random_device()();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  std::mt19937_64 random(seed);
  const TestFolder folder;
  SetUpLog(LogLevel::kError, LogFormat::kText);
  int64_t next[kThreads] = {};
  for (int life = 0; life < kLives && !testing::Test::HasFailure(); ++life) {
    const bool synced = life % 4 == 0;
    const auto reports = RunUntilKilled<Acknowledged>(
        [&](const Reports<Acknowledged>& to) { Live(folder.path(), synced, next, to); },
        1 + random() % 150);
    std::map<int64_t, int64_t> last;
    for (const Acknowledged& said : reports) {
      EXPECT_EQ(said.n, last.count(said.thread) > 0 ? last[said.thread] + 1 : next[said.thread]);
      last[said.thread] = said.n;
    }

    const auto store = MetricStore::Open(OptionsOf(folder.path(), synced));
    ASSERT_TRUE(store.ok()) << store.status().ToString();
    EXPECT_EQ((*store)->Stats().unreadable_records, 0u);
    for (int t = 0; t < kThreads; ++t) {
      const int64_t stored = CheckStored(**store, t);
      const int64_t acknowledged = last.count(t) > 0 ? last[t] + 1 : next[t];
      EXPECT_GE(stored, acknowledged) << "acknowledged samples are missing in life " << life;
      EXPECT_LE(stored, acknowledged + 1) << "more than was under way in life " << life;
      next[t] = stored;
    }
  }
  SetUpLog(LogLevel::kInfo, LogFormat::kText);
}

}  // namespace
}  // namespace glint::tsdb
