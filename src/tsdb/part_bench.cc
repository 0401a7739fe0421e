// What a part costs: bytes per sample all in, and the time to write and to read it. Targets with
// the mix of a usual scrape: 45% series of classic histograms, 35% counters, 20% gauges, half of
// the counters and a third of the histograms never moving.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "base/file_in_memory.h"
#include "tsdb/part.h"

namespace glint::tsdb {
namespace {

constexpr size_t kTargets = 100;
constexpr model::TimeMs kStart = 1'700'000'000'000;

// 1000 series a target, `rows` scrapes.
class ScrapedSource final : public PartSource {
 public:
  ScrapedSource(size_t rows, model::TimeMs step) : rows_(rows) {
    for (size_t target = 0; target < kTargets; ++target) MakeTarget(target, step);
    order_.resize(labels_.size());
    for (size_t i = 0; i < order_.size(); ++i) order_[i] = i;
    std::sort(order_.begin(), order_.end(),
              [this](size_t a, size_t b) { return labels_[a] < labels_[b]; });
  }

  size_t series_count() const override { return order_.size(); }
  model::Labels LabelsOf(size_t i) const override { return labels_[order_[i]]; }
  Status ReadSamples(size_t i, storage::SeriesData& out) override {
    const size_t series = order_[i];
    out.times = times_[series / kSeriesATarget];
    out.values = values_[series];
    return OkStatus();
  }
  Status ReadExemplars(size_t, std::vector<model::Exemplar>&) override { return OkStatus(); }
  std::vector<model::MetricMetadata> Metadata() const override { return {}; }
  uint64_t samples() const { return order_.size() * rows_; }

 private:
  static constexpr size_t kSeriesATarget = 1000;

  void MakeTarget(size_t target, model::TimeMs step) {
    std::vector<model::TimeMs> times;
    model::TimeMs time = kStart + static_cast<model::TimeMs>(random_() % 1000);
    for (size_t i = 0; i < rows_; ++i) {
      times.push_back(time + (random_() % 20 == 0 ? static_cast<model::TimeMs>(random_() % 5) : 0));
      time += step;
    }
    times_.push_back(std::move(times));
    target_ = {{"instance", fmt::format("10.0.{}.{}:8080", target / 50, target % 50)},
               {"job", "bench"},
               {"service", fmt::format("service-{}", target % 12)},
               {"zone", fmt::format("zone-{}", target % 3)}};
    MakeHistograms("http_request_duration_seconds", 20);
    MakeHistograms("rpc_client_duration_seconds", 12);
    MakeCounters("http_requests_total", 100, 1);
    MakeCounters("node_cpu_seconds_total", 128, 0.01);
    MakeCounters("node_network_receive_bytes_total", 30, 517);
    MakeCounters("app_events_total", 92, 1);
    MakeGauges("app_queue_depth", 60, 1);
    MakeGauges("process_memory_bytes", 60, 4096);
    MakeGauges("node_hwmon_temp_celsius", 52, 0.1);
    MakeGauges("app_cache_hit_ratio", 30, 0);
  }

  model::Labels With(const std::string& metric, size_t i, const std::string& le = "") {
    static const std::string kMethods[] = {"GET", "POST", "PUT"};
    static const std::string kCodes[] = {"200", "404", "500"};
    std::vector<model::Label> labels = target_;
    labels.push_back({"__name__", metric});
    labels.push_back({"handler", fmt::format("/api/v1/thing-{}", i / 9)});
    labels.push_back({"method", kMethods[i % 3]});
    labels.push_back({"code", kCodes[i / 3 % 3]});
    labels.push_back({"le", le});
    return model::Labels(std::move(labels));
  }

  double Poisson(double rate) {
    return rate == 0 ? 0 : static_cast<double>(std::poisson_distribution<int>(rate)(random_));
  }

  void MakeHistograms(const std::string& metric, size_t count) {
    static const std::string kBounds[] = {"0.005", "0.01", "0.025", "0.05", "0.1", "0.25",
                                          "0.5",   "1",    "2.5",   "5",    "10",  "+Inf"};
    for (size_t i = 0; i < count; ++i) {
      const double rate = i % 3 == 0 ? 0 : 30.0 / static_cast<double>(i + 1);
      std::vector<double> cumulated(rows_);
      for (size_t bound = 0; bound < std::size(kBounds); ++bound) {
        const double share = std::exp(-std::pow(static_cast<double>(bound) - 4, 2) / 4) / 3.5;
        double count_here = std::floor(rate * share * 5000);
        for (double& value : cumulated) {
          count_here += Poisson(rate * share);
          value += count_here;
        }
        Add(With(metric + "_bucket", i, kBounds[bound]), cumulated);
      }
      Add(With(metric + "_count", i), cumulated);
      for (double& value : cumulated) value *= 0.0917 + static_cast<double>(random_() % 64) * 1e-9;
      Add(With(metric + "_sum", i), std::move(cumulated));
    }
  }

  void MakeCounters(const std::string& metric, size_t count, double unit) {
    for (size_t i = 0; i < count; ++i) {
      const double rate = i % 2 == 0 ? 0 : 100.0 / static_cast<double>(i + 1);
      double ticks = std::floor(rate * 10'000);
      std::vector<double> values(rows_);
      for (double& value : values) {
        ticks += Poisson(rate);
        value = unit < 1 ? ticks / std::round(1 / unit) : ticks * unit;
      }
      Add(With(metric, i), std::move(values));
    }
  }

  void MakeGauges(const std::string& metric, size_t count, double unit) {
    for (size_t i = 0; i < count; ++i) {
      double ticks = 400 + static_cast<double>(random_() % 100);
      std::vector<double> values(rows_);
      for (double& value : values) {
        if (i % 2 == 0) ticks += static_cast<double>(random_() % 5) - 2;
        value = unit == 0 ? 1 / ticks : unit < 1 ? ticks / std::round(1 / unit) : ticks * unit;
      }
      Add(With(metric, i), std::move(values));
    }
  }

  void Add(model::Labels labels, std::vector<double> values) {
    labels_.push_back(std::move(labels));
    values_.push_back(std::move(values));
  }

  const size_t rows_;
  std::mt19937_64 random_{42};
  std::vector<model::Label> target_;
  std::vector<std::vector<model::TimeMs>> times_;  // By target.
  std::vector<model::Labels> labels_;
  std::vector<std::vector<double>> values_;
  std::vector<size_t> order_;
};

ScrapedSource& Scraped() {
  static ScrapedSource source(150, 1000);
  return source;
}

std::shared_ptr<const Part> WriteAndOpen(PartSource& source) {
  InMemoryFileSystem files;
  CHECK(WritePart("parts", source, {.files = &files, .id = 1}).ok());
  return *Part::Open(files, "parts/" + PartName(1));
}

const Part& ScrapedPart() {
  static const std::shared_ptr<const Part> part = WriteAndOpen(Scraped());
  return *part;
}

void BM_WritePart(benchmark::State& state) {
  PartSource& source = Scraped();
  PartInfo info;
  for (auto _ : state) {
    InMemoryFileSystem files;
    info = *WritePart("parts", source, {.files = &files, .id = 1});
  }
  const auto samples = static_cast<double>(info.samples);
  const auto series = static_cast<double>(info.series);
  state.counters["bytes/sample"] = static_cast<double>(info.bytes) / samples;
  state.counters["samples B/series"] = static_cast<double>(info.sample_bytes) / series;
  state.counters["index B/series"] = static_cast<double>(info.index_bytes) / series;
  state.counters["ns/sample"] = benchmark::Counter(
      samples * 1e-9, benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}
BENCHMARK(BM_WritePart)->Unit(benchmark::kMillisecond);

void BM_ReadAllSamples(benchmark::State& state) {
  const Part& part = ScrapedPart();
  storage::SeriesData data;
  for (auto _ : state) {
    for (PartSeries series = 0; series < part.info().series; ++series) {
      data.times.clear();
      data.values.clear();
      CHECK(part.ReadSamples(series, model::TimeRange(), data).ok());
    }
  }
  state.counters["ns/sample"] = benchmark::Counter(
      static_cast<double>(part.info().samples) * 1e-9,
      benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}
BENCHMARK(BM_ReadAllSamples)->Unit(benchmark::kMillisecond);

void BM_SelectAndReadOneTarget(benchmark::State& state) {
  const Part& part = ScrapedPart();
  const std::vector<model::Matcher> matchers = {model::Matcher::Equal("instance", "10.0.1.7:8080")};
  for (auto _ : state) {
    const auto selected = part.Select(matchers);
    for (const PartSeries series : *selected) {
      storage::SeriesData data;
      CHECK(part.ReadSamples(series, model::TimeRange(), data).ok());
    }
  }
}
BENCHMARK(BM_SelectAndReadOneTarget)->Unit(benchmark::kMicrosecond);

void BM_Labels(benchmark::State& state) {
  const Part& part = ScrapedPart();
  const auto selected =
      part.Select(std::vector{model::Matcher::Equal("instance", "10.0.1.7:8080")});
  for (auto _ : state) {
    for (const PartSeries series : *selected) benchmark::DoNotOptimize(part.LabelsOf(series));
  }
}
BENCHMARK(BM_Labels)->Unit(benchmark::kMicrosecond);

void BM_SelectThree(benchmark::State& state) {
  const Part& part = ScrapedPart();
  const std::vector<model::Matcher> matchers = {
      model::Matcher::Equal("__name__", "http_request_duration_seconds_bucket"),
      model::Matcher::Equal("service", "service-3"),
      *model::Matcher::Make(model::MatchOp::kRegex, "code", "2..")};
  for (auto _ : state) benchmark::DoNotOptimize(part.Select(matchers));
}
BENCHMARK(BM_SelectThree)->Unit(benchmark::kMicrosecond);

void BM_Open(benchmark::State& state) {
  InMemoryFileSystem files;
  CHECK(WritePart("parts", Scraped(), {.files = &files, .id = 1}).ok());
  for (auto _ : state) benchmark::DoNotOptimize(Part::Open(files, "parts/" + PartName(1)));
}
BENCHMARK(BM_Open)->Unit(benchmark::kMicrosecond);

// 2000 series of buckets with as many exemplars each as the argument says.
class ExemplarSource final : public PartSource {
 public:
  explicit ExemplarSource(size_t each) : each_(each) {}
  size_t series_count() const override { return 2000; }
  model::Labels LabelsOf(size_t i) const override {
    return {{"__name__", "seconds_bucket"}, {"instance", fmt::format("host-{:05}", i)}};
  }
  Status ReadSamples(size_t, storage::SeriesData&) override { return OkStatus(); }
  Status ReadExemplars(size_t i, std::vector<model::Exemplar>& out) override {
    std::mt19937_64 random(i);
    for (size_t j = 0; j < each_; ++j) {
      model::Exemplar exemplar;
      exemplar.time = kStart + static_cast<model::TimeMs>(j * 60'000 + random() % 60'000);
      exemplar.value = static_cast<double>(random() % 100'000) / 1e5;
      for (auto& byte : exemplar.trace_id.bytes) byte = static_cast<uint8_t>(random());
      for (auto& byte : exemplar.span_id.bytes) byte = static_cast<uint8_t>(random());
      out.push_back(std::move(exemplar));
    }
    return OkStatus();
  }
  std::vector<model::MetricMetadata> Metadata() const override { return {}; }

 private:
  const size_t each_;
};

// Exemplars of 20 series within an hour, among all.
void BM_Exemplars(benchmark::State& state) {
  const auto each = static_cast<size_t>(state.range(0));
  ExemplarSource source(each);
  const std::shared_ptr<const Part> part = WriteAndOpen(source);
  const model::TimeMs begin = kStart + static_cast<model::TimeMs>(each) * 30'000;
  std::mt19937_64 random(1);
  size_t found = 0;
  for (auto _ : state) {
    std::vector<model::Exemplar> out;
    for (int i = 0; i < 20; ++i) {
      const auto series = static_cast<PartSeries>(random() % 2000);
      CHECK(part->ReadExemplars(series, {begin, begin + 3'600'000}, out).ok());
    }
    found = out.size();
  }
  state.counters["found"] = static_cast<double>(found);
  state.counters["exemplars"] = static_cast<double>(part->info().exemplars);
  state.counters["bytes/exemplar"] = static_cast<double>(part->info().exemplar_bytes) /
                                     static_cast<double>(part->info().exemplars);
}
BENCHMARK(BM_Exemplars)->Arg(500)->Arg(5000)->Unit(benchmark::kMicrosecond);

void BM_MarkPinned(benchmark::State& state) {
  ExemplarSource source(500);
  const std::shared_ptr<const Part> part = WriteAndOpen(source);
  std::mt19937_64 random(1);
  std::vector<model::TraceId> ids(1000);
  for (auto& id : ids) {
    for (auto& byte : id.bytes) byte = static_cast<uint8_t>(random());
  }
  for (auto _ : state) {
    std::vector<bool> pinned(ids.size());
    part->MarkPinned(ids, pinned);
  }
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations() * ids.size()));
}
BENCHMARK(BM_MarkPinned);

}  // namespace
}  // namespace glint::tsdb
