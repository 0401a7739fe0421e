// What it costs to pick a chart's dots.
#include <benchmark/benchmark.h>

#include <cmath>
#include <random>

#include "storage/exemplar_spread.h"

namespace glint::storage {
namespace {

// A day of `range(0)` series with `range(1)` exemplars each, as many dots as a chart asks for.
void BM_Spread(benchmark::State& state) {
  std::mt19937_64 random(1);
  std::vector<model::SeriesExemplars> all(static_cast<size_t>(state.range(0)));
  for (auto& series : all) {
    for (int64_t i = 0; i < state.range(1); ++i) {
      const double uniform = static_cast<double>(random() >> 11) * 0x1p-53;
      series.exemplars.push_back(
          {.time = i * 86'400'000 / state.range(1), .value = 0.1 * std::pow(1 - uniform, -0.7)});
    }
  }
  for (auto _ : state) {
    state.PauseTiming();
    auto copy = all;
    state.ResumeTiming();
    SpreadExemplars(5000, copy);
    benchmark::DoNotOptimize(copy.data());
  }
  state.SetItemsProcessed(state.iterations() * state.range(0) * state.range(1));
}
BENCHMARK(BM_Spread)
    ->Args({12, 1000})
    ->Args({12, 10'000})
    ->Args({10'000, 12})
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace glint::storage
