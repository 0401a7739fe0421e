#include "codec/sample_chunk.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <random>

#include "model/sample.h"

namespace glint::codec {
namespace {

void ExpectRoundTrip(const std::vector<TimedSample>& samples) {
  const auto decoded = DecodeSamples(EncodeSamples(samples));
  ASSERT_TRUE(decoded.ok()) << decoded.status().ToString();
  ASSERT_EQ(decoded->size(), samples.size());
  for (size_t i = 0; i < samples.size(); ++i) {
    ASSERT_EQ((*decoded)[i].time, samples[i].time) << i;
    ASSERT_EQ(std::bit_cast<uint64_t>((*decoded)[i].value),
              std::bit_cast<uint64_t>(samples[i].value))
        << i;
    ASSERT_EQ((*decoded)[i].start_time, samples[i].start_time) << i;
  }
}

// A value that changes by one bit on its way is a wrong answer that nobody sees.
TEST(SampleChunkTest, EveryBitComesBack) {
  const uint64_t seed = std::random_device()();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  std::mt19937_64 random(seed);
  const double special[] = {0.0,      -0.0,     NAN, HUGE_VAL, -HUGE_VAL, 5e-324,           1e308,
                            9.007e15, -9.01e15, 0.1, 1.0,      -1.0,      model::StaleNan()};
  for (int round = 0; round < 2000; ++round) {
    std::vector<TimedSample> samples(random() % 150);
    const uint64_t kind = random() % 5;
    int64_t time = static_cast<int64_t>(random());
    for (TimedSample& sample : samples) {
      time = static_cast<int64_t>(static_cast<uint64_t>(time) +
                                  (kind < 2 ? 5000 : random() % 100'000));
      sample.time = time;
      sample.start_time = kind == 1 ? 77 : kind == 2 ? static_cast<int64_t>(random() % 3) : 0;
      switch (kind) {
        case 0:
          sample.value = 42.5;
          break;
        case 1:
          sample.value = static_cast<double>(random() % 1000);
          break;
        case 2:
          sample.value = static_cast<double>(random() % 10000) / 100;
          break;
        case 3:
          sample.value = special[random() % std::size(special)];
          break;
        default:
          sample.value = std::bit_cast<double>(random());
      }
    }
    ASSERT_NO_FATAL_FAILURE(ExpectRoundTrip(samples)) << "round " << round;
  }
}

// What most series are: a steady scrape of a counter, and of something that never changes.
TEST(SampleChunkTest, OrdinarySeriesTakeLittle) {
  std::vector<TimedSample> constant;
  std::vector<TimedSample> counter;
  for (int i = 0; i < 120; ++i) {
    constant.push_back({1'700'000'000'000 + i * 15'000, 1});
    counter.push_back({1'700'000'000'000 + i * 15'000, 1e6 + i * 50});
  }
  EXPECT_LE(EncodeSamples(constant).size(), 24u);
  EXPECT_LE(EncodeSamples(counter).size(), 2 * 120u + 24u);
}

TEST(SampleChunkTest, EveryPrefixAndLengthIsRefused) {
  const std::string bytes = EncodeSamples(std::vector<TimedSample>{{1, 0.1}, {2, 0.2}, {4, 7}});
  for (size_t length = 0; length < bytes.size(); ++length) {
    EXPECT_FALSE(DecodeSamples(bytes.substr(0, length)).ok()) << length;
  }
  EXPECT_FALSE(DecodeSamples(bytes + "x").ok());
  EXPECT_FALSE(DecodeSamples("\xff\xff\xff\xff\x0f").ok());
}

}  // namespace
}  // namespace glint::codec
