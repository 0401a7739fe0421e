#include "codec/time_column.h"

#include <gtest/gtest.h>

#include <limits>
#include <random>

namespace glint::codec {
namespace {

using model::TimeMs;

constexpr TimeMs kStart = 1'700'000'000'123;

std::string Encoded(const std::vector<TimeMs>& times) {
  std::string bytes;
  EncodeTimes(times, bytes);
  return bytes;
}

std::string EncodedStarts(const std::vector<TimeMs>& times) {
  std::string bytes;
  EncodeStartTimes(times, bytes);
  return bytes;
}

TEST(TimeColumnTest, EveryTimeComesBack) {
  const uint64_t seed = std::random_device()();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  std::mt19937_64 random(seed);
  for (int round = 0; round < 2000; ++round) {
    std::vector<TimeMs> times;
    std::vector<TimeMs> starts;
    TimeMs time = static_cast<TimeMs>(random() % 4'000'000'000'000) - 1'000'000'000'000;
    TimeMs start = 0;
    for (size_t i = 1 + random() % 500; i > 0; --i) {
      time += random() % 50 == 0 ? 1 + static_cast<TimeMs>(random() % 1'000'000'000)
                                 : 1000 + static_cast<TimeMs>(random() % (1 + round % 5));
      if (random() % 100 == 0) start = static_cast<TimeMs>(random() << random() % 64);
      times.push_back(time);
      starts.push_back(start);
    }
    const auto decoded = DecodeTimes(Encoded(times), times.size());
    ASSERT_TRUE(decoded.ok()) << decoded.status().ToString();
    ASSERT_EQ(*decoded, times) << "round " << round;
    const auto decoded_starts = DecodeStartTimes(EncodedStarts(starts), starts.size());
    ASSERT_TRUE(decoded_starts.ok()) << decoded_starts.status().ToString();
    ASSERT_EQ(*decoded_starts, starts) << "round " << round;
  }
}

TEST(TimeColumnTest, TheEndsOfTimeComeBack) {
  const std::vector<TimeMs> times = {model::kMinTimeMs, -1, 0, 1, model::kMaxTimeMs};
  EXPECT_EQ(*DecodeTimes(Encoded(times), 5), times);
  EXPECT_EQ(*DecodeStartTimes(EncodedStarts(times), 5), times);
}

// Every target pays for its times once, however long it is scraped.
TEST(TimeColumnTest, ExactStepsTakeAHandfulOfBytes) {
  std::vector<TimeMs> times;
  for (int i = 0; i < 100'000; ++i) times.push_back(kStart + i * 1000);
  EXPECT_LE(Encoded(times).size(), 14u);
  times.resize(1);
  EXPECT_LE(Encoded(times).size(), 9u);
}

TEST(TimeColumnTest, JitterTakesItsBits) {
  std::mt19937_64 random(1);
  std::vector<TimeMs> times;
  for (int i = 0; i < 150; ++i)
    times.push_back(kStart + i * 1000 + static_cast<TimeMs>(random() % 4));
  EXPECT_LE(Encoded(times).size(), 150 * 3 / 8 + 16u);
}

TEST(TimeColumnTest, StartTimesThatSeldomChangeTakeLittle) {
  EXPECT_EQ(EncodedStarts(std::vector<TimeMs>(1000, 0)).size(), 0u);
  std::vector<TimeMs> starts(1000, kStart);
  EXPECT_LE(EncodedStarts(starts).size(), 10u);
  for (size_t i = 400; i < 1000; ++i) starts[i] = kStart + 123'456;
  EXPECT_LE(EncodedStarts(starts).size(), 24u);
}

TEST(TimeColumnTest, WhatIsNotAColumnIsRefused) {
  const std::string bytes = Encoded({1, 2, 4, 1000, 1001, 500'000});
  for (size_t length = 0; length < bytes.size(); ++length) {
    EXPECT_FALSE(DecodeTimes(bytes.substr(0, length), 100).ok()) << length;
  }
  EXPECT_FALSE(DecodeTimes(bytes + "x", 100).ok());
  EXPECT_FALSE(DecodeTimes(bytes, 5).ok());
  const auto falls = DecodeTimes(Encoded({5, 5}), 100);
  ASSERT_FALSE(falls.ok());
  EXPECT_EQ(falls.status().message(), "time column: time 1 is 5, after 5");
  // A few bytes that claim to be many times.
  std::vector<TimeMs> many;
  for (int i = 0; i < 1'000'000; ++i) many.push_back(i);
  EXPECT_FALSE(DecodeTimes(Encoded(many), 999'999).ok());

  const std::string starts = EncodedStarts({7, 7, 9});
  for (size_t length = 1; length < starts.size(); ++length) {
    EXPECT_FALSE(DecodeStartTimes(starts.substr(0, length), 3).ok()) << length;
  }
  EXPECT_FALSE(DecodeStartTimes(starts + "x", 3).ok());
  EXPECT_FALSE(DecodeStartTimes("\x03", 3).ok());
}

}  // namespace
}  // namespace glint::codec
