// kill -9 at random instants: nothing acknowledged is missing, nothing is invented.
#include <gtest/gtest.h>

#include <cstring>
#include <random>
#include <thread>

#include "base/killed_child.h"
#include "base/log.h"
#include "base/test_folder.h"
#include "tracedb/trace_store.h"

namespace glint::tracedb {
namespace {

constexpr int kLives = 30;
constexpr int kThreads = 2;
constexpr int kSpansPerBatch = 3;

// Batch n of thread t is trace (t, n) with kSpansPerBatch spans, span i of name "n/i".
model::TraceId TraceOf(int64_t thread, int64_t n) {
  model::TraceId id;
  const int64_t words[2] = {thread + 1, n};
  std::memcpy(id.bytes.data(), words, sizeof words);
  return id;
}

model::SpanBatch BatchOf(int64_t thread, int64_t n) {
  model::SpanBatch batch;
  batch.groups.push_back(
      {std::make_shared<model::Resource>(), std::make_shared<model::Scope>(), {}});
  for (int i = 0; i < kSpansPerBatch; ++i) {
    model::Span span{.trace_id = TraceOf(thread, n), .start_ns = n * 1000 + i};
    span.span_id.bytes[0] = static_cast<uint8_t>(i + 1);
    span.name = std::to_string(n) + "/" + std::to_string(i);
    batch.groups[0].spans.push_back(std::move(span));
  }
  return batch;
}

struct Acknowledged {
  int64_t thread;
  int64_t n;
};

TraceStoreOptions OptionsOf(const std::string& folder) {
  return {.folder = folder, .segment_bytes = 16 << 10, .maintenance_interval_ms = 1};
}

void Live(const std::string& folder, const int64_t* next, const Reports<Acknowledged>& reports) {
  auto store = TraceStore::Open(OptionsOf(folder));
  if (!store.ok()) _exit(3);
  std::vector<std::jthread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int64_t n = next[t];; ++n) {
        if (!(*store)->Append(BatchOf(t, n)).ok()) _exit(4);
        reports.Send({t, n});
      }
    });
  }
}

// All batches before the number returned are whole, and there is none at it or after.
int64_t CheckStored(const TraceStore& store, int thread, int64_t acknowledged) {
  QueryBudget budget;
  for (int64_t n = 0;; ++n) {
    const auto found = store.Find(TraceOf(thread, n), budget);
    EXPECT_TRUE(found.ok()) << found.status().ToString();
    if (!found.ok() || !found->has_value()) {
      EXPECT_GE(n, acknowledged) << "an acknowledged batch is missing";
      return n;
    }
    const auto& spans = (*found)->groups[0].spans;
    // One record a trace, so even what was not acknowledged is whole or absent.
    EXPECT_EQ(spans.size(), static_cast<size_t>(kSpansPerBatch));
    for (size_t i = 0; i < spans.size(); ++i) {
      EXPECT_EQ(spans[i].name, std::to_string(n) + "/" + std::to_string(i));
    }
  }
}

TEST(TraceStoreKillTest, NothingAcknowledgedIsMissingAndNothingIsInvented) {
  const uint64_t seed = std::random_device()();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  std::mt19937_64 random(seed);
  const TestFolder folder;
  SetUpLog(LogLevel::kError, LogFormat::kText);
  int64_t next[kThreads] = {};
  for (int life = 0; life < kLives && !testing::Test::HasFailure(); ++life) {
    const auto reports = RunUntilKilled<Acknowledged>(
        [&](const Reports<Acknowledged>& to) { Live(folder.path(), next, to); },
        1 + random() % 100);
    int64_t acknowledged[kThreads] = {next[0], next[1]};
    for (const Acknowledged& said : reports) acknowledged[said.thread] = said.n + 1;

    const auto store = TraceStore::Open(OptionsOf(folder.path()));
    ASSERT_TRUE(store.ok()) << store.status().ToString();
    EXPECT_EQ((*store)->Stats().unreadable_records, 0u);
    for (int t = 0; t < kThreads; ++t) {
      next[t] = CheckStored(**store, t, acknowledged[t]);
      EXPECT_LE(next[t], acknowledged[t] + 1) << "more than was under way in life " << life;
    }
    EXPECT_EQ((*store)->Stats().traces, static_cast<uint64_t>(next[0] + next[1]));
  }
  SetUpLog(LogLevel::kInfo, LogFormat::kText);
}

}  // namespace
}  // namespace glint::tracedb
