#include <benchmark/benchmark.h>

#include <filesystem>
#include <random>

#include "tracedb/trace_store.h"

namespace glint::tracedb {
namespace {

constexpr int64_t kTracesPerBatch = 64;
constexpr int64_t kSpansPerTrace = 8;

struct Folder {
  Folder() {
    path = (std::filesystem::temp_directory_path() / "glint-bench-XXXXXX").string();
    if (mkdtemp(path.data()) == nullptr) std::abort();
  }
  ~Folder() { std::filesystem::remove_all(path); }
  std::string path;
};

TraceStoreOptions OptionsOf(const Folder& folder) {
  return {.folder = folder.path, .ack = wal::AckMode::kWritten, .maintenance_interval_ms = 0};
}

model::TraceId TraceOf(int64_t n) {
  model::TraceId id{{1}};
  std::memcpy(id.bytes.data() + 8, &n, sizeof n);
  return id;
}

// 512 spans of eight attributes each.
model::SpanBatch BatchOf(int64_t number) {
  model::SpanBatch batch;
  auto resource = std::make_shared<model::Resource>();
  resource->attributes = {{"service.name", {"shop"}}, {"host.name", {"a-host"}}};
  batch.groups.push_back({std::move(resource), std::make_shared<model::Scope>(), {}});
  std::mt19937_64 random(static_cast<uint64_t>(number));
  for (int64_t i = 0; i < kTracesPerBatch * kSpansPerTrace; ++i) {
    model::Span span{.trace_id = TraceOf(number * kTracesPerBatch + i / kSpansPerTrace)};
    const uint64_t id = random() | 1;
    std::memcpy(span.span_id.bytes.data(), &id, sizeof id);
    span.name = "GET /page";
    span.start_ns = 1'700'000'000'000'000'000 + number * 1'000'000;
    span.end_ns = span.start_ns + static_cast<int64_t>(random() % 1'000'000'000);
    for (int a = 0; a < 7; ++a) {
      span.attributes.push_back({"attribute." + std::to_string(a), {"value " + std::to_string(a)}});
    }
    span.attributes.push_back({"request.id", {std::to_string(random())}});
    batch.groups[0].spans.push_back(std::move(span));
  }
  return batch;
}

void BM_Append(benchmark::State& state) {
  const Folder folder;
  const auto store = TraceStore::Open(OptionsOf(folder)).value();
  int64_t number = 0;
  for (auto _ : state) {
    state.PauseTiming();
    model::SpanBatch batch = BatchOf(++number);
    state.ResumeTiming();
    CHECK(store->Append(std::move(batch)).value().repeated == 0);
  }
  const auto spans = static_cast<int64_t>(state.iterations()) * kTracesPerBatch * kSpansPerTrace;
  state.SetItemsProcessed(spans);
  state.counters["bytes_per_span"] =
      static_cast<double>(store->Stats().log_bytes) / static_cast<double>(spans);
}
BENCHMARK(BM_Append);

void BM_Find(benchmark::State& state) {
  const Folder folder;
  const auto store = TraceStore::Open(OptionsOf(folder)).value();
  for (int64_t i = 0; i < 200; ++i) CHECK(store->Append(BatchOf(i)).ok());
  std::mt19937_64 random(1);
  QueryBudget budget;
  for (auto _ : state) {
    const auto number = static_cast<int64_t>(random() % (200 * kTracesPerBatch));
    CHECK(store->Find(TraceOf(number), budget).value().has_value());
  }
}
BENCHMARK(BM_Find);

void BM_Replay(benchmark::State& state) {
  const Folder folder;
  {
    const auto store = TraceStore::Open(OptionsOf(folder)).value();
    for (int64_t i = 0; i < 200; ++i) CHECK(store->Append(BatchOf(i)).ok());
  }
  for (auto _ : state) CHECK(TraceStore::Open(OptionsOf(folder)).value()->Stats().traces > 0);
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations()) * 200 * kTracesPerBatch *
                          kSpansPerTrace);
}
BENCHMARK(BM_Replay)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace glint::tracedb
