// sum by (rate) over many series: the query that dashboards are made of.
#include <benchmark/benchmark.h>

#include <string>

#include "promql/engine.h"
#include "storage/memory_metrics.h"

namespace glint::promql {
namespace {

constexpr int kSamples = 240;  // An hour, every 15 s.

storage::MemoryMetrics& StoreOf(int series) {
  static auto& store = *new storage::MemoryMetrics;
  static int stored = 0;
  for (; stored < series; ++stored) {
    const model::Labels labels[] = {{{"__name__", "requests_total"},
                                     {"job", std::to_string(stored % 20)},
                                     {"instance", std::to_string(stored)}}};
    const auto refs = store.Resolve(labels);
    storage::MetricBatch batch;
    for (int i = 0; i < kSamples; ++i) {
      batch.series.push_back((*refs)[0]);
      batch.values.push_back(i * (1 + stored % 7) % 1000);
      batch.times.push_back(int64_t{i} * 15'000);
    }
    CHECK(store.Append(std::move(batch)).ok());
  }
  return store;
}

void BM_SumOfRates(benchmark::State& state) {
  const Engine engine(StoreOf(static_cast<int>(state.range(0))));
  for (auto _ : state) {
    QueryBudget budget;
    const auto result = engine.Range("sum by (job) (rate(requests_total[5m]))", 300'000,
                                     3'540'000 + 300'000, 60'000, budget);
    CHECK(result.ok());
    benchmark::DoNotOptimize(result->value);
  }
  state.SetItemsProcessed(state.iterations() * state.range(0) * 60);
}
BENCHMARK(BM_SumOfRates)->Arg(10'000)->Unit(benchmark::kMillisecond);

void BM_Parse(benchmark::State& state) {
  for (auto _ : state) {
    benchmark::DoNotOptimize(Parse(
        "histogram_quantile(0.9, sum by (le) (rate(x_bucket{job=\"a\",code!~\"5..\"}[5m])))"));
  }
}
BENCHMARK(BM_Parse);

}  // namespace
}  // namespace glint::promql
