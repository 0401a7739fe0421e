// What a pushed sample costs before the store: shapes of a backfill (20 samples a series) and of
// live data (one). design.md's budget for all of the way is 120 ns a sample.
#include <benchmark/benchmark.h>
#include <fmt/core.h>

#include "wire/remote_write.h"
#include "wire/remote_write_request_for_test.h"

namespace glint::wire {
namespace {

std::vector<SentSeriesForTest> Series(int64_t count, int64_t samples) {
  std::vector<SentSeriesForTest> out;
  for (int64_t i = 0; i < count; ++i) {
    SentSeriesForTest one;
    one.labels = {{"__name__", "http_server_request_duration_seconds_bucket"},
                  {"code", "200"},
                  {"handler", "/api/v1/query_range"},
                  {"instance", fmt::format("10.0.{}.7:9090", i / 100)},
                  {"job", "prometheus"},
                  {"le", fmt::format("{}", i % 100)},
                  {"method", "GET"}};
    for (int64_t s = 0; s < samples; ++s) {
      one.samples.push_back({1'700'000'000'000 + s * 15'000, 0.25 * static_cast<double>(i + s)});
    }
    out.push_back(std::move(one));
  }
  return out;
}

void Decode(benchmark::State& state, RemoteWriteVersion version) {
  const auto series = Series(state.range(0), state.range(1));
  const std::string bytes =
      version == RemoteWriteVersion::k1 ? RequestV1(series) : RequestV2(series);
  for (auto _ : state) benchmark::DoNotOptimize(DecodeRemoteWrite(bytes, version));
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations()) * state.range(0) *
                          state.range(1));
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * bytes.size()));
}
BENCHMARK_CAPTURE(Decode, V1, RemoteWriteVersion::k1)->Args({500, 20})->Args({2000, 1});
BENCHMARK_CAPTURE(Decode, V2, RemoteWriteVersion::k2)->Args({500, 20})->Args({2000, 1});

}  // namespace
}  // namespace glint::wire
