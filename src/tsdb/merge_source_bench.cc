// What uniting parts costs besides decoding and encoding: CPU time a sample.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <vector>

#include "tsdb/merge_source.h"

namespace glint::tsdb {
namespace {

constexpr size_t kSeries = 2000;
constexpr model::TimeMs kStep = 5000;

// Series of 120 samples, ten minutes at 5 s. Labels are made as they are asked for.
class FlatSource final : public PartSource {
 public:
  FlatSource(model::TimeMs start, model::TimeMs step) {
    for (int i = 0; i < 120; ++i) {
      times_.push_back(start + i * step);
      values_.push_back(i);
    }
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
    out.values = values_;
    return OkStatus();
  }
  Status ReadExemplars(size_t, std::vector<model::Exemplar>& out) override {
    out.clear();
    return OkStatus();
  }
  bool MayHaveExemplars(size_t) const override { return false; }
  std::vector<model::MetricMetadata> Metadata() const override { return {}; }

 private:
  std::vector<model::TimeMs> times_;
  std::vector<double> values_;
  std::vector<model::Labels> labels_;
};

void Merge(benchmark::State& state, bool is_interleaved, bool has_deleted) {
  std::vector<FlatSource> sources;
  const auto parts = static_cast<size_t>(state.range(0));
  for (size_t i = 0; i < parts; ++i) {
    const auto at = static_cast<model::TimeMs>(i);
    sources.emplace_back(is_interleaved ? at : at * 120 * kStep, kStep);
  }
  std::vector<DeletedSeries> deleted;
  if (has_deleted) {
    for (uint32_t i = 0; i < kSeries; ++i) deleted.push_back({i, {{20 * kStep, 40 * kStep}}});
  }
  uint64_t samples = 0;
  for (auto _ : state) {
    std::vector<MergeInput> inputs;
    for (FlatSource& source : sources) inputs.push_back({&source, deleted});
    MergeSource merged(std::move(inputs), {}, {});
    storage::SeriesData data;
    for (size_t i = 0; i < merged.series_count(); ++i) {
      benchmark::DoNotOptimize(merged.LabelsOf(i));
      if (!merged.ReadSamples(i, data).ok()) state.SkipWithError("unreadable");
      samples += data.times.size();
    }
  }
  state.SetItemsProcessed(static_cast<int64_t>(samples));
}

void BM_MergeOneAfterTheOther(benchmark::State& state) { Merge(state, false, false); }
void BM_MergeInterleaved(benchmark::State& state) { Merge(state, true, false); }
void BM_MergeWithTombstones(benchmark::State& state) { Merge(state, false, true); }
BENCHMARK(BM_MergeOneAfterTheOther)->Arg(1)->Arg(4)->Arg(12);
BENCHMARK(BM_MergeInterleaved)->Arg(2)->Arg(4);
BENCHMARK(BM_MergeWithTombstones)->Arg(4);

}  // namespace
}  // namespace glint::tsdb
