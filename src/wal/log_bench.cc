#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "wal/group_commit.h"
#include "wal/log.h"

namespace glint::wal {
namespace {

struct Folder {
  Folder() {
    path = (std::filesystem::temp_directory_path() / "glint-bench-XXXXXX").string();
    if (mkdtemp(path.data()) == nullptr) std::abort();
  }
  ~Folder() { std::filesystem::remove_all(path); }
  std::string path;
};

// Where the bytes go: p50 is of one append, CPU of the process with what the kernel does for it.
void Append(benchmark::State& state, LogOptions options) {
  const Folder folder;
  options.folder = folder.path;
  options.segment_bytes = 8 << 20;
  const auto log = Log::Open(options, [](const RecordView&) {}).value();
  const std::string payload(8 << 10, 'x');
  const auto append = [&] {
    const uint64_t segment = log->PrepareSegment().value();
    CHECK(log->Append(std::vector<Record>{{1, payload}}).ok());
    if (const uint64_t oldest = log->segments().front().id; oldest + 1 < segment) {
      CHECK(log->Remove(oldest).ok());
    }
    return segment;
  };
  while (append() < 4) {
  }
  std::vector<double> took_us;
  for (auto _ : state) {
    const auto start = std::chrono::steady_clock::now();
    append();
    const auto end = std::chrono::steady_clock::now();
    took_us.push_back(std::chrono::duration<double, std::micro>(end - start).count());
  }
  std::sort(took_us.begin(), took_us.end());
  state.counters["p50_us"] = took_us[took_us.size() / 2];
  state.counters["p99_us"] = took_us[took_us.size() * 99 / 100];
  state.counters["recycled"] = static_cast<double>(log->figures().segments_recycled);
}
#define GLINT_APPEND_BENCH(name, ...)                      \
  BENCHMARK_CAPTURE(Append, name, LogOptions{__VA_ARGS__}) \
      ->Iterations(4000)                                   \
      ->MeasureProcessCPUTime()                            \
      ->UseRealTime()                                      \
      ->Unit(benchmark::kMicrosecond)
GLINT_APPEND_BENCH(growing, .preallocate_bytes = 0, .max_spares = 0);
GLINT_APPEND_BENCH(preallocated, .preallocate_bytes = 8 << 20, .max_spares = 0);
GLINT_APPEND_BENCH(preallocated_in_steps, .max_spares = 0);
GLINT_APPEND_BENCH(recycled, .max_spares = 2);
GLINT_APPEND_BENCH(written, .ack = AckMode::kWritten);

void BM_Replay(benchmark::State& state) {
  const Folder folder;
  const LogOptions options{.folder = folder.path, .ack = AckMode::kWritten};
  const std::string payload(10'000, 'x');
  {
    const auto log = Log::Open(options, [](const RecordView&) {}).value();
    for (int i = 0; i < 10'000; ++i) {
      CHECK(log->PrepareSegment().ok());
      CHECK(log->Append(std::vector<Record>{{1, payload}}).ok());
    }
  }
  for (auto _ : state) {
    uint64_t bytes = 0;
    CHECK(Log::Open(options, [&](const RecordView& r) { bytes += r.payload.size(); }).ok());
    CHECK(bytes == 100'000'000);
  }
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations()) * 100'000'000);
}
BENCHMARK(BM_Replay)->Unit(benchmark::kMillisecond);

enum class Way { kNone, kRun, kPost };

// A second of a scrape load: 100 items of 8 KB, evenly. CPU of the process, in all threads; kNone
// is what keeping time costs.
void BM_ASecondOfItems(benchmark::State& state, Way way) {
  constexpr int kItems = 100;
  const Folder folder;
  const auto log = Log::Open({.folder = folder.path}, [](const RecordView&) {}).value();
  const std::string payload(8 << 10, 'x');
  struct Item {
    std::string_view payload;
  };
  GroupCommit<Item> commits([&](std::span<Item* const> group) {
    std::vector<Record> records;
    for (const Item* item : group) records.push_back({1, item->payload});
    CHECK(log->PrepareSegment().ok());
    CHECK(log->Append(records).ok());
  });
  for (auto _ : state) {
    auto next = std::chrono::steady_clock::now();
    for (int i = 0; i < kItems; ++i) {
      if (way == Way::kPost) {
        commits.Post(std::make_unique<Item>(Item{payload}), payload.size());
      } else if (way == Way::kRun) {
        Item item{payload};
        commits.Run(item);
      }
      std::this_thread::sleep_until(next += std::chrono::microseconds(1'000'000 / kItems));
    }
    commits.Drain();
  }
  state.counters["syncs"] =
      benchmark::Counter(static_cast<double>(log->syncs()), benchmark::Counter::kAvgIterations);
}
BENCHMARK_CAPTURE(BM_ASecondOfItems, none, Way::kNone)
    ->Iterations(5)
    ->MeasureProcessCPUTime()
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(BM_ASecondOfItems, run, Way::kRun)
    ->Iterations(5)
    ->MeasureProcessCPUTime()
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(BM_ASecondOfItems, posted, Way::kPost)
    ->Iterations(5)
    ->MeasureProcessCPUTime()
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace glint::wal
