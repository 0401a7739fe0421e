#include "codec/value_row.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <random>
#include <vector>

namespace glint::codec {
namespace {

std::string Encoded(std::span<const double> row, std::span<const double> key) {
  std::string bytes;
  EncodeRow(row, key, bytes);
  return bytes;
}

// Rows are what is in the log: a bit that changes is a wrong answer after every restart.
TEST(ValueRowTest, EveryBitComesBack) {
  const uint64_t seed = std::random_device()();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  std::mt19937_64 random(seed);
  for (int round = 0; round < 5000; ++round) {
    std::vector<double> key(random() % 100);
    for (double& value : key) value = std::bit_cast<double>(random());
    std::vector<double> row = key;
    row.resize(key.size() + random() % 3 * (random() % 20));
    for (size_t i = 0; i < row.size(); ++i) {
      const uint64_t change = random() << random() % 64 >> random() % 64;
      if (random() % 2 == 0) {
        row[i] = std::bit_cast<double>(std::bit_cast<uint64_t>(row[i]) ^ change);
      }
    }
    const std::string bytes = "before" + Encoded(row, key);
    std::vector<double> decoded(row.size(), 7);
    const Status status = DecodeRow(std::string_view(bytes).substr(6), key, decoded);
    ASSERT_TRUE(status.ok()) << status.ToString();
    for (size_t i = 0; i < row.size(); ++i) {
      ASSERT_EQ(std::bit_cast<uint64_t>(decoded[i]), std::bit_cast<uint64_t>(row[i]))
          << "round " << round << " cell " << i;
    }
  }
}

TEST(ValueRowTest, CellsThatStayTakeABit) {
  std::vector<double> row(800, M_PI);
  EXPECT_EQ(Encoded(row, row).size(), 100u);
  std::vector<double> next = row;
  for (size_t i = 0; i < 100; ++i) next[i] = 3;  // Six low bytes and one above.
  EXPECT_LE(Encoded(next, row).size(), 100 + 50 + 700u);
  for (size_t i = 0; i < 100; ++i) row[i] = 1000 + static_cast<double>(i);
  next = row;
  for (size_t i = 0; i < 100; ++i) ++next[i];
  EXPECT_LE(Encoded(next, row).size(), 100 + 50 + 200u);
}

TEST(ValueRowTest, WhatIsNotARowIsRefused) {
  const std::vector<double> key = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
  const std::vector<double> row = {1, 2.5, 3, 4, 1e9, 6, 7, 8, 9, 11, 0.1};
  const std::string bytes = Encoded(row, key);
  std::vector<double> out(row.size());
  for (size_t length = 0; length < bytes.size(); ++length) {
    EXPECT_FALSE(DecodeRow(bytes.substr(0, length), key, out).ok()) << length;
  }
  EXPECT_FALSE(DecodeRow(bytes + "x", key, out).ok());
  out.resize(9);
  const Status status = DecodeRow(bytes, key, out);
  EXPECT_FALSE(status.ok());
}

}  // namespace
}  // namespace glint::codec
