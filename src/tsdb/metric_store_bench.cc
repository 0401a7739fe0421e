#include <benchmark/benchmark.h>

#include <filesystem>

#include "tsdb/metric_store.h"

namespace glint::tsdb {
namespace {

struct Folder {
  Folder() {
    path = (std::filesystem::temp_directory_path() / "glint-bench-XXXXXX").string();
    if (mkdtemp(path.data()) == nullptr) std::abort();
  }
  ~Folder() { std::filesystem::remove_all(path); }
  std::string path;
};

MetricStoreOptions OptionsOf(const Folder& folder) {
  return {.folder = folder.path, .ack = wal::AckMode::kWritten, .maintenance_interval_ms = 0};
}

std::vector<model::SeriesRef> Resolve(MetricStore& store, size_t count) {
  std::vector<model::Labels> series;
  for (size_t i = 0; i < count; ++i) {
    series.push_back({{"__name__", "http_requests_total"},
                      {"instance", "10.0.0.1:9090"},
                      {"path", "/page/" + std::to_string(i)}});
  }
  return store.Resolve(series).value();
}

// One scrape of 1,000 counters, logged and stored.
void AppendScrape(MetricStore& store, const std::vector<model::SeriesRef>& refs, int64_t scrape) {
  storage::MetricBatch batch{.series = refs, .time = SystemClock().NowMs() - 3'600'000 + scrape};
  batch.values.resize(refs.size());
  for (size_t i = 0; i < refs.size(); ++i) {
    batch.values[i] = static_cast<double>(scrape * 10 + static_cast<int64_t>(i));
  }
  CHECK(store.Append(std::move(batch)).value().samples_conflicting == 0);
}

void BM_Append(benchmark::State& state) {
  const Folder folder;
  const auto store = MetricStore::Open(OptionsOf(folder)).value();
  const auto refs = Resolve(*store, 1000);
  int64_t scrape = 0;
  for (auto _ : state) AppendScrape(*store, refs, ++scrape);
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations()) * 1000);
  state.counters["bytes_per_sample"] = static_cast<double>(store->Stats().head.bytes) /
                                       static_cast<double>(state.iterations()) / 1000;
}
BENCHMARK(BM_Append);

void BM_Replay(benchmark::State& state) {
  const Folder folder;
  {
    const auto store = MetricStore::Open(OptionsOf(folder)).value();
    const auto refs = Resolve(*store, 1000);
    for (int64_t scrape = 1; scrape <= 1000; ++scrape) AppendScrape(*store, refs, scrape);
  }
  for (auto _ : state) {
    CHECK(MetricStore::Open(OptionsOf(folder)).value()->Stats().replayed_samples == 1'000'000);
  }
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations()) * 1'000'000);
}
BENCHMARK(BM_Replay)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace glint::tsdb
