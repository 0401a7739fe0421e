// How long a scrape takes to read: the first one, which has nothing to compare with.
#include <benchmark/benchmark.h>

#include <string>

#include "wire/exposition.h"

namespace glint::wire {
namespace {

// `series` histogram series of twelve buckets each, as Go's client writes them.
std::string Exposition(int histograms, bool open_metrics) {
  std::string out;
  for (int i = 0; i < histograms; ++i) {
    const std::string name = "http_request_duration_" + std::to_string(i) + "_seconds";
    out += "# HELP " + name + " How long requests took.\n# TYPE " + name + " histogram\n";
    const std::string labels = "{handler=\"/api/v1/query\",method=\"GET\",code=\"200\"";
    for (int b = 0; b < 12; ++b) {
      out += name + "_bucket" + labels + ",le=\"0." + std::to_string(100 + b) + "\"} " +
             std::to_string(1000 * b + i);
      if (open_metrics && b == 5) {
        out +=
            " # {trace_id=\"0af7651916cd43dd8448eb211c80319c\",span_id=\"b7ad6b7169203331\"} "
            "0.104 1700000000.123";
      }
      out += '\n';
    }
    out += name + "_sum" + labels + "} 1234.5678\n" + name + "_count" + labels + "} 12345\n";
  }
  return open_metrics ? out + "# EOF\n" : out;
}

void ParseScrape(benchmark::State& state, ExpositionFormat format) {
  const std::string body = Exposition(200, format == ExpositionFormat::kOpenMetrics);
  size_t samples = 0;
  for (auto _ : state) {
    const auto scrape = ParseExposition(body, format, ParseMode::kScrape);
    samples += scrape->samples.size();
  }
  state.SetItemsProcessed(static_cast<int64_t>(samples));
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * body.size()));
}
BENCHMARK_CAPTURE(ParseScrape, PrometheusText, ExpositionFormat::kPrometheusText);
BENCHMARK_CAPTURE(ParseScrape, OpenMetrics, ExpositionFormat::kOpenMetrics);

void MakeSeriesLabels(benchmark::State& state) {
  const std::string body = Exposition(20, false);
  const auto scrape = ParseExposition(body, ExpositionFormat::kPrometheusText, ParseMode::kScrape);
  for (auto _ : state) {
    for (const SampleLine& sample : scrape->samples) benchmark::DoNotOptimize(SeriesLabels(sample));
  }
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations() * scrape->samples.size()));
}
BENCHMARK(MakeSeriesLabels);

}  // namespace
}  // namespace glint::wire
