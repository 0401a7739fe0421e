#include "codec/value_column.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <random>

#include "codec/column_shapes.h"
#include "model/sample.h"

namespace glint::codec {
namespace {

size_t SizeOf(std::span<const double> values) {
  std::string bytes;
  EncodeValues(values, bytes);
  return bytes.size();
}

std::vector<uint64_t> BitsOf(std::span<const double> values) {
  std::vector<uint64_t> bits;
  for (const double value : values) bits.push_back(std::bit_cast<uint64_t>(value));
  return bits;
}

void ExpectRoundTrip(std::span<const double> values) {
  std::string bytes = "before";
  EncodeValues(values, bytes);
  std::vector<double> decoded(values.size(), 7);
  const Status status = DecodeValues(std::string_view(bytes).substr(6), decoded);
  ASSERT_TRUE(status.ok()) << status.ToString();
  ASSERT_EQ(BitsOf(decoded), BitsOf(values));
}

std::vector<double> AnyColumn(shapes::Random& random) {
  const double special[] = {
      0.0,      -0.0, NAN, HUGE_VAL, -HUGE_VAL,         5e-324, 1e308, 9.007e15,
      -9.01e15, 0.1,  1.0, -1.0,     model::StaleNan(), 0.375,  4096,  1.0 / 1024};
  const size_t count = random() % 400;
  std::vector<double> values;
  switch (random() % 9) {
    case 0:
      values.assign(count, std::bit_cast<double>(random()));
      break;
    case 1:
      values = shapes::Counter(count, shapes::Below(1e6, random), random);
      break;
    case 2:
      values = shapes::Decimals(count, std::pow(10, random() % 11), random);
      break;
    case 3:
      values =
          shapes::Decimals(count, std::pow(2, static_cast<double>(random() % 80) - 40), random);
      break;
    case 4:
      values = shapes::Sum(count, random);
      break;
    case 5:
      values = shapes::Pages(count, random);
      break;
    case 6:
      values = shapes::Ratio(count, random);
      break;
    case 7:
      for (size_t i = 0; i < count; ++i) values.push_back(special[random() % std::size(special)]);
      break;
    default:
      for (size_t i = 0; i < count; ++i) values.push_back(std::bit_cast<double>(random()));
  }
  for (uint64_t outliers = random() % 4 * (random() % 4); outliers > 0 && count > 0; --outliers) {
    values[random() % count] = random() % 2 == 0 ? special[random() % std::size(special)]
                                                 : std::bit_cast<double>(random());
  }
  if (random() % 4 == 0) {
    for (double& value : values) value = -value;
  }
  return values;
}

// A value that changes by one bit on its way is a wrong answer that nobody sees.
TEST(ValueColumnTest, EveryBitComesBack) {
  const uint64_t seed = std::random_device()();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  shapes::Random random(seed);
  for (int round = 0; round < 5000; ++round) {
    ASSERT_NO_FATAL_FAILURE(ExpectRoundTrip(AnyColumn(random))) << "round " << round;
  }
}

// Half of what is scraped never moves: what such a column takes is what idle series cost.
TEST(ValueColumnTest, OneValueTakesAByteAndItself) {
  EXPECT_EQ(SizeOf(std::vector<double>{}), 0u);
  EXPECT_EQ(SizeOf(std::vector<double>(1000, 0.0)), 1u);
  EXPECT_EQ(SizeOf(std::vector<double>(1000, 1.0)), 2u);
  EXPECT_EQ(SizeOf(std::vector<double>(1000, 0.25)), 2u);
  EXPECT_EQ(SizeOf(std::vector<double>(1000, 1234.0)), 3u);
  EXPECT_EQ(SizeOf(std::vector<double>(1000, 17179869184.0)), 3u);
  EXPECT_EQ(SizeOf(std::vector<double>(1000, HUGE_VAL)), 3u);
  EXPECT_EQ(SizeOf(std::vector<double>(1000, M_PI)), 9u);
}

// What most series that move are. Above these sizes the budget of bytes on disk is lost.
TEST(ValueColumnTest, OrdinarySeriesTakeLittle) {
  shapes::Random random(1);
  EXPECT_LE(SizeOf(shapes::Counter(150, 0.5, random)), 28u);
  EXPECT_LE(SizeOf(shapes::Counter(150, 40, random)), 141u);
  EXPECT_LE(SizeOf(shapes::Decimals(150, 10, random)), 90u);
  EXPECT_LE(SizeOf(shapes::Decimals(150, 1000, random)), 90u);
  EXPECT_LE(SizeOf(shapes::Decimals(150, 1024, random)), 90u);
  EXPECT_LE(SizeOf(shapes::Pages(150, random)), 90u);
  EXPECT_LE(SizeOf(shapes::Ratio(150, random)), 925u);
  EXPECT_LE(SizeOf(shapes::Sum(150, random)), 990u);
  std::vector<double> ramp;
  for (int i = 0; i < 10'000; ++i) ramp.push_back(1e6 + 5 * i);
  EXPECT_LE(SizeOf(ramp), 8u);
}

// Targets go away in mid column, and counters restart: neither may cost the whole column.
TEST(ValueColumnTest, FewOddValuesCostOnlyThemselves) {
  shapes::Random random(1);
  std::vector<double> values = shapes::Counter(150, 10, random);
  const size_t plain = SizeOf(values);
  values[70] = model::StaleNan();
  EXPECT_LE(SizeOf(values), plain + 6);
  for (size_t i = 100; i < 150; ++i) values[i] -= values[99];
  EXPECT_LE(SizeOf(values), plain + 16);
  ExpectRoundTrip(values);
}

TEST(ValueColumnTest, EveryPrefixAndLengthIsRefused) {
  shapes::Random random(1);
  std::vector<double> values = shapes::Sum(50, random);
  values[3] = NAN;
  values[5] = 1e300;
  std::string bytes;
  EncodeValues(values, bytes);
  for (size_t length = 0; length < bytes.size(); ++length) {
    EXPECT_FALSE(DecodeValues(bytes.substr(0, length), values).ok()) << length;
  }
  EXPECT_FALSE(DecodeValues(bytes + "x", values).ok());
  values.push_back(1);
  EXPECT_FALSE(DecodeValues("\x3e"
                            "123456789",
                            values)
                   .ok());
}

using Matrix = std::vector<std::vector<double>>;

std::string Encoded(const Matrix& matrix) {
  std::string bytes;
  EncodeBuckets(std::vector<std::span<const double>>(matrix.begin(), matrix.end()), bytes);
  return bytes;
}

void ExpectBucketsRoundTrip(const Matrix& matrix) {
  const std::string bytes = Encoded(matrix);
  Matrix decoded;
  const Status status = DecodeBuckets(bytes, matrix.size(), matrix[0].size(), decoded);
  ASSERT_TRUE(status.ok()) << status.ToString();
  ASSERT_EQ(decoded.size(), matrix.size());
  for (size_t column = 0; column < matrix.size(); ++column) {
    ASSERT_EQ(BitsOf(decoded[column]), BitsOf(matrix[column])) << column;
    std::vector<double> one(matrix[0].size());
    ASSERT_TRUE(DecodeBucket(bytes, matrix.size(), column, one).ok());
    ASSERT_EQ(BitsOf(one), BitsOf(matrix[column])) << column;
  }
}

TEST(BucketColumnTest, EveryBitComesBack) {
  const uint64_t seed = std::random_device()();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  shapes::Random random(seed);
  const double odd[] = {-0.0, NAN, -3, 0.5, 9007199254740992, 9007199254740991, model::StaleNan()};
  for (int round = 0; round < 500; ++round) {
    Matrix matrix = shapes::Buckets(1 + random() % 15, 1 + random() % 200,
                                    static_cast<int>(random() % 30), random);
    for (uint64_t i = random() % 3; i > 0; --i) {
      const double value = odd[random() % std::size(odd)];
      const size_t row = random() % matrix[0].size();
      for (auto& column : matrix) column[row] = value;  // Gone, all at once.
    }
    if (random() % 4 == 0) {
      matrix[random() % matrix.size()][random() % matrix[0].size()] =
          odd[random() % std::size(odd)];
    }
    ASSERT_NO_FATAL_FAILURE(ExpectBucketsRoundTrip(matrix)) << "round " << round;
  }
}

TEST(BucketColumnTest, OrdinaryHistogramsTakeLittle) {
  shapes::Random random(1);
  EXPECT_LE(Encoded(shapes::Buckets(12, 150, 0, random)).size(), 12 * 2 + 1u);
  Matrix idle = shapes::Buckets(12, 150, 8, random);
  for (auto& column : idle) column.assign(150, column.back());
  EXPECT_LE(Encoded(idle).size(), 12 * 4u);
  Matrix matrix = shapes::Buckets(12, 150, 8, random);
  const size_t plain = Encoded(matrix).size();
  EXPECT_LE(plain, 12 * 45u);
  for (auto& column : matrix) column.back() = model::StaleNan();
  EXPECT_LE(Encoded(matrix).size(), plain + 6);
  // Counts are the last bucket: a column that costs nothing.
  matrix = shapes::Buckets(12, 150, 8, random);
  matrix.push_back(matrix.back());
  EXPECT_LE(Encoded(matrix).size(), plain + 6);
}

TEST(BucketColumnTest, EveryPrefixIsRefused) {
  shapes::Random random(1);
  const std::string bytes = Encoded(shapes::Buckets(4, 20, 8, random));
  Matrix out;
  for (size_t length = 0; length < bytes.size(); ++length) {
    EXPECT_FALSE(DecodeBuckets(bytes.substr(0, length), 4, 20, out).ok()) << length;
  }
  EXPECT_FALSE(DecodeBuckets(bytes + "x", 4, 20, out).ok());
  EXPECT_FALSE(DecodeBuckets(bytes, 5, 20, out).ok());
  EXPECT_FALSE(DecodeBuckets(bytes, size_t{1} << 60, 20, out).ok());
  EXPECT_FALSE(DecodeBuckets("\x09", 1, 20, out).ok());
}

}  // namespace
}  // namespace glint::codec
