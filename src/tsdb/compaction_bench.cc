// What a compaction costs in all, reading, merging and writing on a disk in memory: CPU time a
// sample.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <map>
#include <random>
#include <vector>

#include "base/check.h"
#include "base/file_in_memory.h"
#include "tsdb/compaction.h"

namespace glint::tsdb {
namespace {

constexpr size_t kSeries = 5000;
constexpr int kSamples = 120;  // Ten minutes at 5 s.

// Counters that grow by random steps, all scraped together.
class Counters final : public PartSource {
 public:
  Counters(int from, uint64_t seed) : from_(from), random_(seed) {
    for (int i = 0; i < kSamples; ++i) times_.push_back(1'700'000'000'000 + (from + i) * 5000ll);
    for (size_t i = 0; i < kSeries; ++i) {
      labels_.push_back(model::Labels({{"__name__", "http_requests_total"},
                                       {"instance", fmt::format("10.0.0.{:04}:9090", i / 20)},
                                       {"job", "node"},
                                       {"path", fmt::format("/api/v1/thing/{:02}", i % 20)}}));
    }
  }
  size_t series_count() const override { return kSeries; }
  model::Labels LabelsOf(size_t i) const override { return labels_[i]; }
  Status ReadSamples(size_t, storage::SeriesData& out) override {
    out.times = times_;
    out.values.clear();
    double value = from_ * 5.0;
    for (int i = 0; i < kSamples; ++i) {
      value += static_cast<double>(random_() % 10);
      out.values.push_back(value);
    }
    return OkStatus();
  }
  Status ReadExemplars(size_t, std::vector<model::Exemplar>& out) override {
    out.clear();
    return OkStatus();
  }
  bool MayHaveExemplars(size_t) const override { return false; }
  std::vector<model::MetricMetadata> Metadata() const override { return {}; }

 private:
  const int from_;
  std::mt19937_64 random_;
  std::vector<model::TimeMs> times_;
  std::vector<model::Labels> labels_;
};

void BM_Compact(benchmark::State& state) {
  InMemoryFileSystem disk;
  std::vector<std::shared_ptr<const Part>> parts;
  uint64_t bytes = 0;
  for (uint64_t id = 1; id <= static_cast<uint64_t>(state.range(0)); ++id) {
    Counters source(static_cast<int>(id) * kSamples, id);
    const auto info = WritePart("/parts", source, {.files = &disk, .id = id});
    CHECK(info.ok());
    bytes += info->bytes;
    parts.push_back(*Part::Open(disk, "/parts/" + PartName(id)));
  }
  uint64_t samples = 0;
  uint64_t compacted = 0;
  for (auto _ : state) {
    const auto result = Compact(parts, {}, {}, "/parts", {.files = &disk, .id = 100}, {});
    CHECK(result.ok());
    samples += result->part.samples;
    compacted = result->part.bytes;
  }
  state.SetItemsProcessed(static_cast<int64_t>(samples));
  const double each = static_cast<double>(kSeries) * kSamples * static_cast<double>(parts.size());
  state.counters["bytes_before"] = static_cast<double>(bytes) / each;
  state.counters["bytes_after"] = static_cast<double>(compacted) / each;
}
BENCHMARK(BM_Compact)->Arg(4)->Arg(12)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace glint::tsdb
