// The hot paths of the library and a large scrape.
#include <benchmark/benchmark.h>

#include <random>

#include "glint/exposition.h"
#include "glint/registry.h"
#include "glint/tracer.h"

namespace glint {
namespace {

// Latencies as they come, prepared so that only Observe is measured.
const std::vector<double>& Values() {
  static const std::vector<double> values = [] {
    std::mt19937_64 random(1);
    std::lognormal_distribution<double> latencies(-3, 1.5);
    std::vector<double> all(4096);
    for (double& value : all) value = latencies(random);
    return all;
  }();
  return values;
}

void BM_CounterIncrement(benchmark::State& state) {
  static Counter counter;
  for (auto _ : state) counter.Increment();
}
BENCHMARK(BM_CounterIncrement)->ThreadRange(1, 16)->UseRealTime();

void BM_Observe(benchmark::State& state) {
  static Histogram histogram{HistogramOptions{}};
  const std::vector<double>& values = Values();
  size_t i = 0;
  for (auto _ : state) histogram.Observe(values[i++ & 4095]);
}
BENCHMARK(BM_Observe)->ThreadRange(1, 16)->UseRealTime();

class Discard : public SpanProcessor {
 public:
  void OnEnd(SpanData&&) override {}
};

void BM_ObserveInSampledSpan(benchmark::State& state) {
  static Histogram histogram{HistogramOptions{}};
  const Tracer tracer("bench", Resource(), AlwaysOn(), std::make_shared<Discard>());
  const Span span = tracer.StartSpan("request");
  const Scope scope(span);
  const std::vector<double>& values = Values();
  size_t i = 0;
  for (auto _ : state) histogram.Observe(values[i++ & 4095]);
}
BENCHMARK(BM_ObserveInSampledSpan)->ThreadRange(1, 16)->UseRealTime();

void BM_StartAndEndSpan(benchmark::State& state) {
  const auto sampler = state.range(0) != 0 ? AlwaysOn() : AlwaysOff();
  const Tracer tracer("bench", Resource(), sampler, std::make_shared<Discard>());
  for (auto _ : state) {
    Span span = tracer.StartSpan("request");
    const Scope scope(span);
    span.SetAttribute("http.request.method", "GET");
  }
}
BENCHMARK(BM_StartAndEndSpan)->ArgName("sampled")->Arg(0)->Arg(1);

void BM_Scrape100kSeries(benchmark::State& state) {
  Registry registry;
  auto& family = registry.AddHistogram("request_duration_seconds", "Time.", {"route", "code"});
  for (int i = 0; i < 100'000 / 17; ++i) {
    family.With("/some/route/" + std::to_string(i), "200")->Observe(Values()[i & 4095]);
  }
  size_t bytes = 0;
  for (auto _ : state) bytes += Serialize(registry, ExpositionFormat::kOpenMetrics100).body.size();
  state.SetBytesProcessed(static_cast<int64_t>(bytes));
}
BENCHMARK(BM_Scrape100kSeries)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace glint
