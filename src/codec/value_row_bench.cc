// Rows of which half the cells changed, as half of what is scraped never moves.
#include <benchmark/benchmark.h>

#include "base/check.h"
#include "codec/column_shapes.h"
#include "codec/value_row.h"

namespace glint::codec {
namespace {

constexpr size_t kCells = 1000;
constexpr size_t kRows = 64;

std::vector<std::vector<double>> Rows(int64_t percent_changed) {
  shapes::Random random(1);
  std::vector<std::vector<double>> rows(1, std::vector<double>(kCells));
  std::vector<bool> moves(kCells);
  for (size_t i = 0; i < kCells; ++i) {
    rows[0][i] = std::floor(shapes::Below(1e6, random));
    if (i % 16 == 0) rows[0][i] = shapes::Below(1, random);
    moves[i] = static_cast<int64_t>(random() % 100) < percent_changed;
  }
  for (size_t row = 1; row < kRows; ++row) {
    rows.push_back(rows.back());
    for (size_t i = 0; i < kCells; ++i) {
      if (moves[i]) rows[row][i] += i % 16 == 0 ? shapes::Below(1, random) : 1 + random() % 40;
    }
  }
  return rows;
}

void Report(size_t bytes, benchmark::State& state) {
  const auto values = static_cast<double>((kRows - 1) * kCells);
  state.counters["B/value"] = static_cast<double>(bytes) / values;
  state.counters["ns/value"] =
      benchmark::Counter(1e-9 * values * static_cast<double>(state.iterations()),
                         benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

void BM_EncodeRow(benchmark::State& state) {
  const auto rows = Rows(state.range(0));
  std::string bytes;
  size_t size = 0;
  for (auto _ : state) {
    size = 0;
    for (size_t row = 1; row < kRows; ++row) {
      bytes.clear();
      EncodeRow(rows[row], rows[row - 1], bytes);
      size += bytes.size();
    }
  }
  Report(size, state);
}
BENCHMARK(BM_EncodeRow)->Arg(0)->Arg(10)->Arg(50)->Arg(100);

void BM_DecodeRow(benchmark::State& state) {
  const auto rows = Rows(state.range(0));
  std::vector<std::string> bytes(kRows);
  size_t size = 0;
  for (size_t row = 1; row < kRows; ++row) {
    EncodeRow(rows[row], rows[row - 1], bytes[row]);
    size += bytes[row].size();
  }
  std::vector<double> out(kCells);
  for (auto _ : state) {
    for (size_t row = 1; row < kRows; ++row) {
      CHECK(DecodeRow(bytes[row], rows[row - 1], out).ok());
      benchmark::DoNotOptimize(out.data());
    }
  }
  Report(size, state);
}
BENCHMARK(BM_DecodeRow)->Arg(0)->Arg(10)->Arg(50)->Arg(100);

}  // namespace
}  // namespace glint::codec
