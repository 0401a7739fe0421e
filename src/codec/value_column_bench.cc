// Columns of values by the shape of the series, beside sample chunks, which hold times too: a step
// of a second, which there takes 10 bytes in all.
#include <benchmark/benchmark.h>

#include "base/check.h"
#include "codec/column_shapes.h"
#include "codec/sample_chunk.h"
#include "codec/value_column.h"
#include "model/sample.h"

namespace glint::codec {
namespace {

constexpr size_t kRows = 150;
constexpr size_t kColumns = 256;  // Of one shape, so that no branch is learned by heart.
constexpr size_t kBuckets = 12;

using Matrix = std::vector<std::vector<double>>;

enum Shape : int64_t {
  kConstant,
  kSlowCounter,
  kCounter,
  kBytesCounter,
  kDecimals,
  kPages,
  kSum,
  kRatio,
  kStaleAtEnd
};
const char* const kNames[] = {"constant", "slow counter", "counter", "bytes counter", "decimals",
                              "pages",    "sum",          "ratio",   "stale at end"};

std::vector<double> Make(int64_t shape, shapes::Random& random) {
  switch (shape) {
    case kConstant:
      return std::vector<double>(kRows, std::floor(shapes::Below(1000, random)));
    case kSlowCounter:
      return shapes::Counter(kRows, 0.5, random);
    case kCounter:
      return shapes::Counter(kRows, 40, random);
    case kBytesCounter:
      return shapes::Counter(kRows, 1e5, random);
    case kDecimals:
      return shapes::Decimals(kRows, 10, random);
    case kPages:
      return shapes::Pages(kRows, random);
    case kSum:
      return shapes::Sum(kRows, random);
    case kRatio:
      return shapes::Ratio(kRows, random);
    default: {
      std::vector<double> values = shapes::Counter(kRows, 40, random);
      values.back() = model::StaleNan();
      return values;
    }
  }
}

Matrix MakeAll(int64_t shape) {
  shapes::Random random(1);
  Matrix matrix;
  for (size_t i = 0; i < kColumns; ++i) matrix.push_back(Make(shape, random));
  return matrix;
}

void Report(size_t bytes, size_t values, benchmark::State& state, const char* name) {
  state.SetLabel(name);
  state.counters["B/value"] = static_cast<double>(bytes) / static_cast<double>(values);
  state.counters["ns/value"] = benchmark::Counter(
      1e-9 * static_cast<double>(values) * static_cast<double>(state.iterations()),
      benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

void BM_EncodeValues(benchmark::State& state) {
  const Matrix matrix = MakeAll(state.range(0));
  std::string bytes;
  for (auto _ : state) {
    bytes.clear();
    for (const auto& column : matrix) EncodeValues(column, bytes);
    benchmark::DoNotOptimize(bytes.data());
  }
  Report(bytes.size(), kRows * kColumns, state, kNames[state.range(0)]);
}
BENCHMARK(BM_EncodeValues)->DenseRange(kConstant, kStaleAtEnd);

void BM_DecodeValues(benchmark::State& state) {
  std::vector<std::string> columns;
  size_t size = 0;
  for (const auto& column : MakeAll(state.range(0))) {
    EncodeValues(column, columns.emplace_back());
    size += columns.back().size();
  }
  std::vector<double> out(kRows);
  for (auto _ : state) {
    for (const std::string& bytes : columns) {
      CHECK(DecodeValues(bytes, out).ok());
      benchmark::DoNotOptimize(out.data());
    }
  }
  Report(size, kRows * kColumns, state, kNames[state.range(0)]);
}
BENCHMARK(BM_DecodeValues)->DenseRange(kConstant, kStaleAtEnd);

std::vector<std::vector<TimedSample>> Timed(const Matrix& matrix) {
  std::vector<std::vector<TimedSample>> out;
  for (const auto& column : matrix) {
    std::vector<TimedSample>& samples = out.emplace_back();
    for (size_t i = 0; i < column.size(); ++i) {
      samples.push_back({1'700'000'000'000 + static_cast<int64_t>(i) * 1000, column[i]});
    }
  }
  return out;
}

void BM_EncodeSamples(benchmark::State& state) {
  const auto columns = Timed(MakeAll(state.range(0)));
  size_t size = 0;
  for (auto _ : state) {
    size = 0;
    for (const auto& column : columns) size += EncodeSamples(column).size();
  }
  Report(size, kRows * kColumns, state, kNames[state.range(0)]);
}
BENCHMARK(BM_EncodeSamples)->DenseRange(kConstant, kStaleAtEnd);

void BM_DecodeSamples(benchmark::State& state) {
  std::vector<std::string> columns;
  size_t size = 0;
  for (const auto& column : Timed(MakeAll(state.range(0)))) {
    columns.push_back(EncodeSamples(column));
    size += columns.back().size();
  }
  for (auto _ : state) {
    for (const std::string& bytes : columns) benchmark::DoNotOptimize(DecodeSamples(bytes));
  }
  Report(size, kRows * kColumns, state, kNames[state.range(0)]);
}
BENCHMARK(BM_DecodeSamples)->DenseRange(kConstant, kStaleAtEnd);

// Histograms that observe up to so many values a step.
std::vector<Matrix> Histograms(int64_t most) {
  shapes::Random random(1);
  std::vector<Matrix> out;
  for (int i = 0; i < 32; ++i) {
    out.push_back(shapes::Buckets(kBuckets, kRows, static_cast<int>(most), random));
  }
  return out;
}

std::vector<std::string> EncodeAll(const std::vector<Matrix>& histograms, size_t& size) {
  std::vector<std::string> out;
  size = 0;
  for (const Matrix& matrix : histograms) {
    EncodeBuckets(std::vector<std::span<const double>>(matrix.begin(), matrix.end()),
                  out.emplace_back());
    size += out.back().size();
  }
  return out;
}

void BM_EncodeBuckets(benchmark::State& state) {
  const auto histograms = Histograms(state.range(0));
  size_t size = 0;
  for (auto _ : state) benchmark::DoNotOptimize(EncodeAll(histograms, size));
  Report(size, histograms.size() * kBuckets * kRows, state, "up to so many observed a step");
}
BENCHMARK(BM_EncodeBuckets)->Arg(0)->Arg(2)->Arg(20)->Arg(200);

void BM_DecodeBuckets(benchmark::State& state) {
  size_t size = 0;
  const std::vector<std::string> columns = EncodeAll(Histograms(state.range(0)), size);
  Matrix out;
  for (auto _ : state) {
    for (const std::string& bytes : columns) {
      CHECK(DecodeBuckets(bytes, kBuckets, kRows, out).ok());
      benchmark::DoNotOptimize(out.data());
    }
  }
  Report(size, columns.size() * kBuckets * kRows, state, "up to so many observed a step");
}
BENCHMARK(BM_DecodeBuckets)->Arg(0)->Arg(2)->Arg(20)->Arg(200);

void BM_BucketsAsSamples(benchmark::State& state) {
  std::vector<std::vector<TimedSample>> columns;
  for (const Matrix& matrix : Histograms(state.range(0))) {
    for (auto& column : Timed(matrix)) columns.push_back(std::move(column));
  }
  size_t size = 0;
  for (auto _ : state) {
    size = 0;
    for (const auto& column : columns) size += EncodeSamples(column).size();
  }
  Report(size, columns.size() * kRows, state, "up to so many observed a step");
}
BENCHMARK(BM_BucketsAsSamples)->Arg(0)->Arg(2)->Arg(20)->Arg(200);

}  // namespace
}  // namespace glint::codec
