// From the body of a scrape to the row that goes to the store: what a sample costs before storing.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include "scrape/target_series.h"

namespace glint::scrape {
namespace {

class CountingWriter final : public storage::MetricWriter {
 public:
  StatusOr<std::vector<model::SeriesRef>> Resolve(std::span<const model::Labels> series) override {
    std::vector<model::SeriesRef> refs;
    for (size_t i = 0; i < series.size(); ++i) refs.push_back({++next_});
    return refs;
  }
  StatusOr<storage::AppendCounts> Append(storage::MetricBatch) override {
    return storage::AppendCounts();
  }

 private:
  uint64_t next_ = 0;
};

// Counters and histograms in OpenMetrics, one bucket in twelve with an exemplar; `turn` changes
// half of the numbers and every fourth exemplar.
std::string Body(int series, int turn) {
  std::string body;
  for (int i = 0; i < series / 20; ++i) {
    body += fmt::format("# HELP requests_{0} How many.\n# TYPE requests_{0} counter\n", i);
    for (int code = 0; code < 6; ++code) {
      body +=
          fmt::format("requests_{}_total{{method=\"GET\",path=\"/api/v1/item\",code=\"{}\"}} {}\n",
                      i, code * 100, code % 2 == 0 ? i : 123456 + i * 1000 + turn);
    }
    body += fmt::format(
        "# HELP latency_{0}_seconds How long.\n# TYPE latency_{0}_seconds histogram\n", i);
    for (int le = 0; le < 12; ++le) {
      body += fmt::format(
          "latency_{}_seconds_bucket{{method=\"GET\",path=\"/api/v1/item\",le=\"{}\"}} {:e}", i,
          le * 0.25, 10000.0 + le * 100 + turn);
      if (le == 5) {
        body += fmt::format(" # {{trace_id=\"{:032x}\",span_id=\"{:016x}\"}} 0.{} 1700000000.123",
                            i * 7919 + (i % 4 == 0 ? turn : 0) + 1, i + 1, i + 10);
      }
      body += '\n';
    }
    body += fmt::format(
        "latency_{0}_seconds_sum{{method=\"GET\",path=\"/api/v1/item\"}} {1:.17g}\n"
        "latency_{0}_seconds_count{{method=\"GET\",path=\"/api/v1/item\"}} {2}\n",
        i, 1234.56789 * (turn + 1) / 7, 10000 + turn);
  }
  return body + "# EOF\n";
}

constexpr auto kFormat = wire::ExpositionFormat::kOpenMetrics;

// `known`: each scrape is compared with the last one; else parsed as if lines had come or gone.
void Scrapes(benchmark::State& state, bool known) {
  const config::ScrapeConfig config;
  const model::Labels target = {{"instance", "h:1"}, {"job", "app"}};
  CountingWriter writer;
  TargetSeries series(config, target);
  const std::string bodies[] = {Body(1000, 1), Body(1000, 2)};
  size_t turn = 0;
  for (auto _ : state) {
    const std::string& body = bodies[turn++ % 2];
    storage::MetricBatch batch;
    if (!known || !series.FillSame(body, kFormat, batch)) {
      auto parsed = wire::ParseExposition(body, kFormat, wire::ParseMode::kScrape);
      benchmark::DoNotOptimize(series.Fill(body, *std::move(parsed), writer, batch).ok());
    }
    series.Commit();
    benchmark::DoNotOptimize(batch.values.data());
  }
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations()) * 1000);
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * bodies[0].size()));
}
BENCHMARK_CAPTURE(Scrapes, SameLines, true);
BENCHMARK_CAPTURE(Scrapes, ParsedAnew, false);

void BM_ParseAlone(benchmark::State& state) {
  const std::string body = Body(1000, 1);
  for (auto _ : state) {
    const auto parsed = wire::ParseExposition(body, kFormat, wire::ParseMode::kScrape);
    benchmark::DoNotOptimize(parsed.ok());
  }
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations()) * 1000);
}
BENCHMARK(BM_ParseAlone);

}  // namespace
}  // namespace glint::scrape
