#include <benchmark/benchmark.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <thread>

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

void Append(benchmark::State& state, AckMode ack) {
  const Folder folder;
  const auto log = Log::Open({.folder = folder.path, .ack = ack}, [](const RecordView&) {}).value();
  const std::string payload(static_cast<size_t>(state.range(0)), 'x');
  for (auto _ : state) {
    CHECK(log->PrepareSegment().ok());
    CHECK(log->Append(std::vector<Record>{{1, payload}}).ok());
  }
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations()) * state.range(0));
}
void BM_AppendSynced(benchmark::State& state) { Append(state, AckMode::kSynced); }
void BM_AppendWritten(benchmark::State& state) { Append(state, AckMode::kWritten); }
BENCHMARK(BM_AppendSynced)->Arg(10'000)->UseRealTime();
BENCHMARK(BM_AppendWritten)->Arg(10'000)->UseRealTime();

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
