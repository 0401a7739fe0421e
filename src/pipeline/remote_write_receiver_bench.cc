// The same shapes through the receiver, snappy and the cache of series among it, into a store that
// only counts.
#include <benchmark/benchmark.h>
#include <fmt/core.h>

#include "net/encoding.h"
#include "pipeline/remote_write_receiver.h"
#include "wire/remote_write_request_for_test.h"

namespace glint::pipeline {
namespace {

class CountingWriter final : public storage::MetricWriter {
 public:
  StatusOr<std::vector<model::SeriesRef>> Resolve(std::span<const model::Labels> series) override {
    std::vector<model::SeriesRef> refs;
    for (size_t i = 0; i < series.size(); ++i) refs.push_back({++last_});
    return refs;
  }
  StatusOr<storage::AppendCounts> Append(storage::MetricBatch batch) override {
    benchmark::DoNotOptimize(batch);
    storage::AppendCounts counts;
    counts.samples_stored = batch.values.size();
    return counts;
  }

 private:
  uint64_t last_ = 0;
};

// Requests that together name `state.range(2)` series, sent in turn.
void Receive(benchmark::State& state) {
  const int64_t count = state.range(0);
  const int64_t samples = state.range(1);
  CountingWriter writer;
  RemoteWriteReceiver receiver(writer);
  std::vector<net::HttpRequest> requests;
  for (int64_t first = 0; first < state.range(2); first += count) {
    std::vector<wire::SentSeriesForTest> series(static_cast<size_t>(count));
    for (int64_t i = 0; i < count; ++i) {
      series[static_cast<size_t>(i)].labels = {
          {"__name__", "http_server_request_duration_seconds_bucket"},
          {"code", "200"},
          {"handler", "/api/v1/query_range"},
          {"instance", fmt::format("10.0.{}.7:9090", (first + i) / 100)},
          {"job", "prometheus"},
          {"le", fmt::format("{}", i % 100)},
          {"method", "GET"}};
      for (int64_t s = 0; s < samples; ++s) {
        series[static_cast<size_t>(i)].samples.push_back(
            {1'700'000'000'000 + s * 15'000, 0.25 * static_cast<double>(i + s)});
      }
    }
    net::HttpRequest& request = requests.emplace_back();
    request.remote = "127.0.0.1:4000";
    request.body = net::SnappyCompress(wire::RequestV1(series));
  }
  for (const net::HttpRequest& request : requests) receiver.HandleHttp(request);  // Now all known.
  size_t next = 0;
  for (auto _ : state) {
    const net::HttpResponse response = receiver.HandleHttp(requests[next++ % requests.size()]);
    if (response.status != 204) state.SkipWithError("refused");
  }
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations()) * count * samples);
}
BENCHMARK(Receive)->Args({500, 20, 500})->Args({500, 20, 20'000})->Args({2000, 1, 200'000});

}  // namespace
}  // namespace glint::pipeline
