// What an exemplar costs on its way in, and what a chart's dots cost on their way out.
#include <benchmark/benchmark.h>

#include <random>

#include "codec/exemplar_column.h"
#include "tsdb/exemplar_head.h"

namespace glint::tsdb {
namespace {

constexpr model::TimeMs kHour = 473'000 * kHourMs;

model::Exemplar SomeExemplar(model::TimeMs time, std::mt19937_64& random) {
  model::Exemplar exemplar{.time = time, .value = 0.25 + static_cast<double>(random()) * 0x1p-66};
  for (size_t i = 0; i < 2; ++i) {
    const uint64_t word = random();
    std::memcpy(exemplar.trace_id.bytes.data() + 8 * i, &word, 8);
  }
  std::memcpy(exemplar.span_id.bytes.data(), exemplar.trace_id.bytes.data() + 4, 8);
  return exemplar;
}

void Report(const ExemplarHead& head, benchmark::State& state) {
  state.SetItemsProcessed(state.iterations());
  state.counters["held"] = static_cast<double>(head.size());
  state.counters["bytes_each"] =
      static_cast<double>(head.bytes()) / static_cast<double>(std::max<uint64_t>(head.size(), 1));
}

// A new exemplar a second on each of so many series, written out every two minutes.
void BM_AddFlood(benchmark::State& state) {
  const auto series = static_cast<HeadSlot>(state.range(0));
  std::mt19937_64 random(1);
  std::vector<model::Exemplar> ready;
  for (int i = 0; i < 1 << 16; ++i) ready.push_back(SomeExemplar(0, random));
  ExemplarHead head;
  HeadSlot slot = 0;
  model::TimeMs time = kHour;
  size_t i = 0;
  for (auto _ : state) {
    model::Exemplar& exemplar = ready[i++ & 0xffff];
    exemplar.time = time;
    exemplar.trace_id.bytes[0] = static_cast<uint8_t>(i >> 16);
    head.Add(slot, exemplar, time);
    if (++slot < series) continue;
    slot = 0;
    time += 1000;
    if (time % 120'000 == 0) head.DropBefore(time - 120'000);
  }
  Report(head, state);
}
BENCHMARK(BM_AddFlood)->Arg(500)->Arg(2'000)->Arg(20'000);

// As few as are all kept: the rest of the work, without thinning.
void BM_AddFew(benchmark::State& state) {
  std::mt19937_64 random(1);
  std::vector<model::Exemplar> ready;
  for (int i = 0; i < 1 << 16; ++i) ready.push_back(SomeExemplar(0, random));
  ExemplarHead head;
  model::TimeMs time = kHour;
  size_t i = 0;
  for (auto _ : state) {
    model::Exemplar& exemplar = ready[i++ & 0xffff];
    exemplar.time = time += 40;  // 90,000 an hour.
    exemplar.trace_id.bytes[0] = static_cast<uint8_t>(i >> 16);
    head.Add(static_cast<HeadSlot>(i % 1000), exemplar, time);
    if (i % 180'000 == 0) head.DropBefore(time - kHourMs);
  }
  Report(head, state);
}
BENCHMARK(BM_AddFew);

// What most of a scrape's exemplars are: those of the last scrape.
void BM_AddRepeated(benchmark::State& state) {
  std::mt19937_64 random(1);
  std::vector<model::Exemplar> ready;
  ExemplarHead head;
  for (HeadSlot slot = 0; slot < 20'000; ++slot) {
    ready.push_back(SomeExemplar(kHour + slot, random));
    head.Add(slot, ready.back(), kHour);
  }
  HeadSlot slot = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(head.Add(slot, ready[slot], kHour));
    if (++slot == ready.size()) slot = 0;
  }
  Report(head, state);
}
BENCHMARK(BM_AddRepeated);

// Ten million: 12 buckets of one histogram among 10,000 series, an hour of the ten that are there.
void BM_ReadOfTenMillion(benchmark::State& state) {
  std::mt19937_64 random(1);
  ExemplarHead head;
  for (int i = 0; i < 10'000'000; ++i) {
    // Hours of 90,000 keep all.
    const model::TimeMs time = kHour + int64_t{i} * 40;
    head.Add(static_cast<HeadSlot>(random() % 10'000), SomeExemplar(time, random), time);
  }
  std::vector<model::Exemplar> out;
  for (auto _ : state) {
    out.clear();
    const auto first = static_cast<HeadSlot>(random() % 9'000);
    for (HeadSlot slot = first; slot < first + 12; ++slot) head.Read(slot, {}, out);
    benchmark::DoNotOptimize(out.data());
  }
  Report(head, state);
  state.counters["read"] = static_cast<double>(out.size());
}
BENCHMARK(BM_ReadOfTenMillion)->Unit(benchmark::kMicrosecond);

// What compaction pays: a series with one a second, as when the door had let all through.
void BM_Thin(benchmark::State& state) {
  std::mt19937_64 random(1);
  std::vector<model::Exemplar> exemplars;
  for (int i = 0; i < 3600; ++i) exemplars.push_back(SomeExemplar(kHour + i * 1000, random));
  const ExemplarDensity density{.per_hour = 72'000'000,
                                .series = static_cast<uint64_t>(state.range(0))};
  for (auto _ : state) {
    state.PauseTiming();
    std::vector<model::Exemplar> copy = exemplars;
    state.ResumeTiming();
    ThinExemplars(kHour, density, copy);
    benchmark::DoNotOptimize(copy.data());
  }
  state.SetItemsProcessed(state.iterations() * 3600);
}
BENCHMARK(BM_Thin)->Arg(100)->Arg(20'000);

void BM_DecodeColumn(benchmark::State& state) {
  std::mt19937_64 random(1);
  std::vector<model::Exemplar> exemplars;
  for (int i = 0; i < state.range(0); ++i) {
    exemplars.push_back(
        SomeExemplar(kHour + i * 60'000 + static_cast<int64_t>(random() % 60'000), random));
  }
  std::string bytes;
  codec::EncodeExemplars(exemplars, bytes);
  for (auto _ : state) {
    benchmark::DoNotOptimize(codec::DecodeExemplars(bytes, exemplars.size()));
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
  state.counters["bytes_each"] =
      static_cast<double>(bytes.size()) / static_cast<double>(exemplars.size());
}
BENCHMARK(BM_DecodeColumn)->Arg(2)->Arg(30)->Arg(1000);

void BM_EncodeColumn(benchmark::State& state) {
  std::mt19937_64 random(1);
  std::vector<model::Exemplar> exemplars;
  for (int i = 0; i < state.range(0); ++i) {
    exemplars.push_back(
        SomeExemplar(kHour + i * 60'000 + static_cast<int64_t>(random() % 60'000), random));
  }
  for (auto _ : state) {
    std::string bytes;
    codec::EncodeExemplars(exemplars, bytes);
    benchmark::DoNotOptimize(bytes.data());
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(BM_EncodeColumn)->Arg(2)->Arg(30)->Arg(1000);

}  // namespace
}  // namespace glint::tsdb
