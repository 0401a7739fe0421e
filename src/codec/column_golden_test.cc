// Columns as version 1 of their formats wrote them. If one of these fails, parts and logs that
// users have are no longer read: make a version 2 of what holds the columns.
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <fstream>
#include <iterator>

#include "codec/byte_reader.h"
#include "codec/histogram_bytes.h"
#include "codec/histogram_column.h"
#include "codec/time_column.h"
#include "codec/value_column.h"
#include "codec/value_row.h"
#include "model/sample.h"

namespace glint::codec {
namespace {

using Doubles = std::vector<double>;

std::string Golden(const std::string& name) {
  std::ifstream file(GLINT_TESTDATA "/" + name, std::ios::binary);
  std::string bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  EXPECT_FALSE(bytes.empty()) << name;
  return bytes;
}

std::vector<uint64_t> BitsOf(std::span<const double> values) {
  std::vector<uint64_t> bits;
  for (const double value : values) bits.push_back(std::bit_cast<uint64_t>(value));
  return bits;
}

Doubles Sequence(size_t count, double (*at)(int)) {
  Doubles out;
  for (size_t i = 0; i < count; ++i) out.push_back(at(static_cast<int>(i)));
  return out;
}

double Counter(int i) { return 1000 + 3 * i + i % 5; }

// One column for each form that there is.
std::vector<Doubles> ValueColumns() {
  std::vector<Doubles> columns = {
      {},
      Doubles(50, 0),
      Doubles(50, -1234.5),
      Doubles(50, model::StaleNan()),
      Sequence(100, [](int i) { return 1e6 + 7.0 * i; }),
      Sequence(300, Counter),
      Sequence(100, [](int i) { return (i * 37 % 101 - 50) / 100.0; }),
      Sequence(100, [](int i) { return (i * 37 % 101 - 50) / 8.0; }),
      Sequence(100, [](int i) { return 4096.0 * (1'000'000 + i * 37 % 101); }),
      Sequence(100, [](int i) { return i * i / 2.0; }),
      Sequence(100, [](int i) { return (i < 50 ? 1 : 1e5) * std::sqrt(i) - 3; }),
  };
  columns.push_back(Sequence(150, Counter));
  Doubles& odd = columns.back();
  odd[3] = odd[4] = std::bit_cast<double>(model::kNormalNanBits);
  odd[10] = -0.0;
  odd[11] = std::bit_cast<double>(uint64_t{0xfff800000000abcd});
  odd[20] = 1e15;
  odd[60] = -HUGE_VAL;
  odd[149] = model::StaleNan();
  return columns;
}

TEST(ColumnGoldenTest, ValuesOfVersion1) {
  const std::string bytes = Golden("value_column.v1");
  ByteReader in(bytes);
  for (const Doubles& values : ValueColumns()) {
    Doubles decoded(values.size());
    ASSERT_TRUE(DecodeValues(in.Text(), decoded).ok());
    EXPECT_EQ(BitsOf(decoded), BitsOf(values));
  }
  EXPECT_TRUE(in.ok());
  EXPECT_EQ(in.left(), 0u);
}

using Matrix = std::vector<Doubles>;

// Counts; counts and a staleness marker; and what can only stand for itself.
std::vector<Matrix> BucketColumns() {
  Matrix counts = {Sequence(40, [](int i) { return i / 3.0 - i % 3 / 3.0; }),
                   Sequence(40, [](int i) { return i + i % 2 + 5.0; }),
                   Sequence(40, [](int i) { return 2.0 * i + 9; })};
  for (double& value : counts[0]) value = std::round(value);
  Matrix stale = counts;
  for (Doubles& column : stale) column[39] = model::StaleNan();
  Matrix plain = counts;
  plain[1][7] = 0.25;
  return {counts, stale, plain};
}

TEST(ColumnGoldenTest, BucketsOfVersion1) {
  const std::string bytes = Golden("bucket_column.v1");
  ByteReader in(bytes);
  for (const Matrix& matrix : BucketColumns()) {
    Matrix decoded;
    ASSERT_TRUE(DecodeBuckets(in.Text(), matrix.size(), matrix[0].size(), decoded).ok());
    for (size_t i = 0; i < matrix.size(); ++i) EXPECT_EQ(BitsOf(decoded[i]), BitsOf(matrix[i]));
  }
  EXPECT_TRUE(in.ok());
  EXPECT_EQ(in.left(), 0u);
}

std::vector<model::TimeMs> Times(bool have_jitter) {
  std::vector<model::TimeMs> times;
  for (int i = 0; i < 200; ++i) {
    times.push_back(1'700'000'000'123 + i * 15'000 + (have_jitter ? i * 7 % 4 : 0));
  }
  if (have_jitter) times.back() += 3'600'000;
  return times;
}

std::vector<std::vector<model::TimeMs>> StartTimes() {
  std::vector<model::TimeMs> restarted(100, 1'700'000'000'000);
  std::fill(restarted.begin() + 60, restarted.end(), 1'700'000'999'999);
  return {std::vector<model::TimeMs>(100), std::vector<model::TimeMs>(100, 1'700'000'000'000),
          restarted};
}

TEST(ColumnGoldenTest, TimesOfVersion1) {
  const std::string bytes = Golden("time_column.v1");
  ByteReader in(bytes);
  EXPECT_EQ(*DecodeTimes(in.Text(), 200), Times(/*have_jitter=*/false));
  EXPECT_EQ(*DecodeTimes(in.Text(), 200), Times(/*have_jitter=*/true));
  for (const auto& times : StartTimes()) {
    EXPECT_EQ(*DecodeStartTimes(in.Text(), times.size()), times);
  }
  EXPECT_TRUE(in.ok());
  EXPECT_EQ(in.left(), 0u);
}

std::vector<HistogramPointer> Histograms() {
  std::vector<HistogramPointer> out;
  model::Histogram histogram{.schema = 3,
                             .zero_threshold = 0x1p-128,
                             .sum = 0.5,
                             .positive_spans = {{-2, 2}, {3, 1}},
                             .negative_spans = {{4, 1}},
                             .positive_buckets = {1, 2, 3},
                             .negative_buckets = {4}};
  for (int i = 0; i < 20; ++i) {
    histogram.positive_buckets[static_cast<size_t>(i % 3)] += i;
    histogram.zero_count += i % 2;
    histogram.count = 10 + i * (i + 1) / 2 + histogram.zero_count;
    histogram.sum += std::sqrt(i);
    histogram.counter_reset_hint =
        i == 7 ? model::CounterResetHint::kReset : model::CounterResetHint::kNotReset;
    out.push_back(std::make_shared<const model::Histogram>(histogram));
  }
  out[9] = std::make_shared<const model::Histogram>(model::Histogram{.sum = model::StaleNan()});
  const model::Histogram custom{.counter_reset_hint = model::CounterResetHint::kGauge,
                                .schema = model::kCustomBucketsSchema,
                                .count = 6.5,
                                .sum = 1.5,
                                .positive_spans = {{0, 3}},
                                .positive_buckets = {1, 2.5, 3},
                                .custom_values = {0.1, 0.5}};
  out.push_back(std::make_shared<const model::Histogram>(custom));
  return out;
}

TEST(ColumnGoldenTest, HistogramsOfVersion1) {
  const auto decoded = DecodeHistograms(Golden("histogram_column.v1"), Histograms().size());
  ASSERT_TRUE(decoded.ok()) << decoded.status().ToString();
  for (size_t i = 0; i < Histograms().size(); ++i) {
    ByteWriter before;
    ByteWriter after;
    PutHistogram(*Histograms()[i], before);
    PutHistogram(*(*decoded)[i], after);
    EXPECT_EQ(after.bytes(), before.bytes()) << i;
  }
}

Doubles Key() {
  return Sequence(16, [](int i) { return 100.0 + i; });
}
Doubles Row() {
  Doubles row = Key();
  for (size_t i = 0; i < row.size(); i += 2) row[i] += static_cast<double>(i) / 3;
  row.insert(row.end(), {model::StaleNan(), 0.1, 0, -0.0, 1e300});
  // Every run of bytes that can be unequal to 0, so every shape of difference.
  for (size_t length = 1; length <= 8; ++length) {
    for (size_t below = 0; below + length <= 8; ++below) {
      const uint64_t bytes = 0x8877665544332211 >> (64 - 8 * length);
      row.push_back(std::bit_cast<double>(bytes << (8 * below)));
    }
  }
  return row;
}

TEST(ColumnGoldenTest, RowsOfVersion1) {
  Doubles decoded(Row().size());
  ASSERT_TRUE(DecodeRow(Golden("value_row.v1"), Key(), decoded).ok());
  EXPECT_EQ(BitsOf(decoded), BitsOf(Row()));
}

}  // namespace
}  // namespace glint::codec
