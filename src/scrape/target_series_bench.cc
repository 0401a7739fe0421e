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

std::string Body(int series, int turn) {
  std::string body;
  for (int i = 0; i < series; ++i) {
    body += fmt::format(
        "http_requests_total{{method=\"GET\",path=\"/api/v1/item/{}\",code=\"200\"}} {}\n", i,
        i * 1000 + turn);
  }
  return body;
}

void BM_UnchangedSeries(benchmark::State& state) {
  const config::ScrapeConfig config;
  const model::Labels target = {{"instance", "h:1"}, {"job", "app"}};
  CountingWriter writer;
  TargetSeries series(config, target);
  const std::string bodies[] = {Body(1000, 1), Body(1000, 2)};
  size_t turn = 0;
  for (auto _ : state) {
    const auto parsed = wire::ParseExposition(
        bodies[turn++ % 2], wire::ExpositionFormat::kPrometheusText, wire::ParseMode::kScrape);
    storage::MetricBatch batch;
    benchmark::DoNotOptimize(series.Fill(*parsed, writer, batch).ok());
    series.Commit();
  }
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations()) * 1000);
}
BENCHMARK(BM_UnchangedSeries);

void BM_ParseAlone(benchmark::State& state) {
  const std::string body = Body(1000, 1);
  for (auto _ : state) {
    const auto parsed = wire::ParseExposition(body, wire::ExpositionFormat::kPrometheusText,
                                              wire::ParseMode::kScrape);
    benchmark::DoNotOptimize(parsed.ok());
  }
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations()) * 1000);
}
BENCHMARK(BM_ParseAlone);

}  // namespace
}  // namespace glint::scrape
