// Times of a target's scrapes: exact steps, and steps with a few ms of jitter.
#include <benchmark/benchmark.h>

#include <random>

#include "base/check.h"
#include "codec/time_column.h"

namespace glint::codec {
namespace {

constexpr int kTimes = 150;

std::vector<model::TimeMs> Times(int64_t jitter_ms) {
  std::mt19937_64 random(1);
  std::vector<model::TimeMs> times;
  for (int i = 0; i < kTimes; ++i) {
    const auto late = static_cast<int64_t>(random() % static_cast<uint64_t>(jitter_ms + 1));
    times.push_back(1'700'000'000'000 + i * 1000 + late);
  }
  return times;
}

void Report(size_t bytes, benchmark::State& state) {
  state.counters["B/value"] = static_cast<double>(bytes) / kTimes;
  state.counters["ns/value"] =
      benchmark::Counter(1e-9 * kTimes * static_cast<double>(state.iterations()),
                         benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

void BM_EncodeTimes(benchmark::State& state) {
  const auto times = Times(state.range(0));
  std::string bytes;
  for (auto _ : state) {
    bytes.clear();
    EncodeTimes(times, bytes);
    benchmark::DoNotOptimize(bytes.data());
  }
  Report(bytes.size(), state);
}
BENCHMARK(BM_EncodeTimes)->Arg(0)->Arg(3)->Arg(20);

void BM_DecodeTimes(benchmark::State& state) {
  std::string bytes;
  EncodeTimes(Times(state.range(0)), bytes);
  for (auto _ : state) benchmark::DoNotOptimize(DecodeTimes(bytes, kTimes));
  Report(bytes.size(), state);
}
BENCHMARK(BM_DecodeTimes)->Arg(0)->Arg(3)->Arg(20);

}  // namespace
}  // namespace glint::codec
