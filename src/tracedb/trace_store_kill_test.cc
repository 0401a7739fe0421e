// kill -9 at random instants: nothing acknowledged is missing, nothing is invented.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <random>
#include <thread>

#include "base/log.h"
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

[[noreturn]] void Live(const std::string& folder, const int64_t* next, int out) {
  auto store = TraceStore::Open(OptionsOf(folder));
  if (!store.ok()) _exit(3);
  std::vector<std::jthread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int64_t n = next[t];; ++n) {
        if (!(*store)->Append(BatchOf(t, n)).ok()) _exit(4);
        const Acknowledged said{t, n};
        if (write(out, &said, sizeof said) != sizeof said) _exit(5);
      }
    });
  }
  threads.clear();
  _exit(6);
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
  std::string folder = (std::filesystem::temp_directory_path() / "glint-kill-XXXXXX").string();
  ASSERT_NE(mkdtemp(folder.data()), nullptr);
  SetUpLog(LogLevel::kError, LogFormat::kText);
  int64_t next[kThreads] = {};
  for (int life = 0; life < kLives && !testing::Test::HasFailure(); ++life) {
    int ends[2];
    ASSERT_EQ(pipe(ends), 0);
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      close(ends[0]);
      Live(folder, next, ends[1]);
    }
    close(ends[1]);
    const uint64_t wanted = 1 + random() % 100;
    int64_t acknowledged[kThreads] = {next[0], next[1]};
    Acknowledged said;
    for (uint64_t heard = 0; read(ends[0], &said, sizeof said) == sizeof said; ++heard) {
      acknowledged[said.thread] = said.n + 1;
      if (heard + 1 == wanted) kill(child, SIGKILL);
    }
    close(ends[0]);
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status)) << "the child left with " << WEXITSTATUS(status);

    const auto store = TraceStore::Open(OptionsOf(folder));
    ASSERT_TRUE(store.ok()) << store.status().ToString();
    EXPECT_EQ((*store)->Stats().unreadable_records, 0u);
    for (int t = 0; t < kThreads; ++t) {
      next[t] = CheckStored(**store, t, acknowledged[t]);
      EXPECT_LE(next[t], acknowledged[t] + 1) << "more than was under way in life " << life;
    }
    EXPECT_EQ((*store)->Stats().traces, static_cast<uint64_t>(next[0] + next[1]));
  }
  std::filesystem::remove_all(folder);
  SetUpLog(LogLevel::kInfo, LogFormat::kText);
}

}  // namespace
}  // namespace glint::tracedb
