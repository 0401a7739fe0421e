// What an exemplar costs on its way in, and what a chart's dots cost on their way out.
#include <benchmark/benchmark.h>

#include <algorithm>
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

// Whether a stored exemplar names one trace: what the trace store asks before it lets one go.
void BM_IsPinned(benchmark::State& state) {
  std::mt19937_64 random(1);
  ExemplarHead head;
  std::vector<model::TraceId> ids;
  for (int i = 0; i < 100'000; ++i) {
    const model::Exemplar exemplar = SomeExemplar(kHour + i, random);
    head.Add(static_cast<HeadSlot>(i % 20'000), exemplar, kHour);
    ids.push_back(exemplar.trace_id);
    ids.push_back(SomeExemplar(0, random).trace_id);
  }
  std::vector<bool> pinned(1);
  size_t i = 0;
  for (auto _ : state) {
    pinned[0] = false;
    head.MarkPinned(std::span(&ids[i++ % ids.size()], 1), pinned);
    benchmark::DoNotOptimize(pinned);
  }
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
BENCHMARK(BM_IsPinned);
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

// Ten minutes of so many series with a new exemplar every so many seconds, written out every two
// minutes, then put together: what is held, what parts take a second, and what is left of them.
void BM_TenMinutes(benchmark::State& state) {
  const auto series = static_cast<HeadSlot>(state.range(0));
  const int64_t step_ms = state.range(1) * 1000;
  constexpr model::TimeMs kEnd = kHour + 600'000;
  uint64_t max_held = 0;
  uint64_t max_bytes = 0;
  uint64_t written = 0;
  uint64_t written_bytes = 0;
  uint64_t left = 0;
  uint64_t left_bytes = 0;
  for (auto _ : state) {
    std::mt19937_64 random(1);
    ExemplarHead head;
    std::vector<std::vector<model::Exemplar>> parts(series);
    const auto encode = [](const std::vector<model::Exemplar>& exemplars) {
      std::string bytes;
      codec::EncodeExemplars(exemplars, bytes);
      return bytes.size();
    };
    for (model::TimeMs time = kHour; time < kEnd; time += step_ms) {
      for (HeadSlot slot = 0; slot < series; ++slot) {
        const auto jitter = static_cast<int64_t>(random() % static_cast<uint64_t>(step_ms));
        head.Add(slot, SomeExemplar(time + jitter, random), time);
      }
      if ((time + step_ms - kHour) % 120'000 >= step_ms) continue;
      max_held = std::max(max_held, head.size());
      max_bytes = std::max(max_bytes, head.bytes());
      std::vector<model::Exemplar> exemplars;
      for (const HeadSlot slot : head.Series()) {
        exemplars.clear();
        head.Read(slot, {}, exemplars);
        ThinExemplars(time, head.density(), exemplars);
        written += exemplars.size();
        written_bytes += encode(exemplars);
        parts[slot].insert(parts[slot].end(), exemplars.begin(), exemplars.end());
      }
      head = head.Successor(time);
    }
    const ExemplarDensity density{.per_hour = written * 6, .series = series};
    for (std::vector<model::Exemplar>& exemplars : parts) {
      std::ranges::sort(exemplars, {}, &model::Exemplar::time);
      ThinExemplars(kEnd, density, exemplars);
      left += exemplars.size();
      left_bytes += encode(exemplars);
    }
  }
  state.counters["held"] = static_cast<double>(max_held);
  state.counters["head_bytes_each"] =
      static_cast<double>(max_bytes) / static_cast<double>(max_held);
  state.counters["written_a_minute"] = static_cast<double>(written) / 10 / series;
  state.counters["written_B/s"] = static_cast<double>(written_bytes) / 600;
  state.counters["left_a_minute"] = static_cast<double>(left) / 10 / series;
  state.counters["left_B/s"] = static_cast<double>(left_bytes) / 600;
}
BENCHMARK(BM_TenMinutes)
    ->Args({12, 5})
    ->Args({500, 1})
    ->Args({3'000, 5})
    ->Args({20'000, 1})
    ->Iterations(1)
    ->Unit(benchmark::kSecond);

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
