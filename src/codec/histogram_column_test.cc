#include "codec/histogram_column.h"

#include <gtest/gtest.h>

#include <random>

#include "codec/histogram_bytes.h"
#include "model/sample.h"

namespace glint::codec {
namespace {

using model::Histogram;

std::string Encoded(const std::vector<HistogramPointer>& histograms) {
  std::string bytes;
  EncodeHistograms(histograms, bytes);
  return bytes;
}

// The bits of one, as NaNs are not equal to themselves.
std::string BytesOf(const Histogram& histogram) {
  ByteWriter out;
  PutHistogram(histogram, out);
  return out.Take();
}

void ExpectRoundTrip(const std::vector<HistogramPointer>& histograms) {
  const std::string bytes = Encoded(histograms);
  const auto decoded = DecodeHistograms(bytes, histograms.size());
  ASSERT_TRUE(decoded.ok()) << decoded.status().ToString();
  ASSERT_EQ(decoded->size(), histograms.size());
  for (size_t i = 0; i < histograms.size(); ++i) {
    ASSERT_EQ(BytesOf(*(*decoded)[i]), BytesOf(*histograms[i])) << i;
  }
}

Histogram Stale() { return {.sum = model::StaleNan()}; }

// A histogram that goes on from one to the next, its buckets as the schema has them.
std::vector<HistogramPointer> Growing(size_t count, uint32_t buckets, std::mt19937_64& random) {
  Histogram histogram{.schema = 3,
                      .zero_threshold = 1e-128,
                      .positive_spans = {{-2, buckets / 2}, {3, buckets - buckets / 2}},
                      .positive_buckets = std::vector<double>(buckets)};
  std::vector<HistogramPointer> out;
  for (size_t i = 0; i < count; ++i) {
    for (double& bucket : histogram.positive_buckets) {
      const auto more = static_cast<double>(random() % 3);
      bucket += more;
      histogram.count += more;
    }
    histogram.sum = histogram.count / 8;
    out.push_back(std::make_shared<const Histogram>(histogram));
  }
  return out;
}

TEST(HistogramColumnTest, EveryBitComesBack) {
  const uint64_t seed = std::random_device()();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  std::mt19937_64 random(seed);
  ExpectRoundTrip({});
  for (int round = 0; round < 300; ++round) {
    std::vector<HistogramPointer> histograms;
    for (uint64_t runs = 1 + random() % 4; runs > 0; --runs) {
      const auto grown = Growing(1 + random() % 50, static_cast<uint32_t>(random() % 12), random);
      histograms.insert(histograms.end(), grown.begin(), grown.end());
    }
    for (uint64_t changes = random() % 20; changes > 0; --changes) {
      HistogramPointer& changed = histograms[random() % histograms.size()];
      Histogram histogram = random() % 3 == 0 ? Stale() : *changed;
      histogram.counter_reset_hint = static_cast<model::CounterResetHint>(random() % 4);
      if (random() % 5 == 0) {
        histogram.schema = model::kCustomBucketsSchema;
        histogram.custom_values = {0.1, 0.25, model::StaleNan()};
        histogram.negative_spans = {{INT32_MIN, 1}, {INT32_MAX, 1}};
        histogram.negative_buckets = {-0.0, 1e300};
      }
      changed = std::make_shared<const Histogram>(histogram);
    }
    ASSERT_NO_FATAL_FAILURE(ExpectRoundTrip(histograms)) << "round " << round;
  }
}

// A target that is gone for a moment must not cost its histograms' layout again.
TEST(HistogramColumnTest, AStalenessMarkerBetweenCostsLittle) {
  std::mt19937_64 random(1);
  std::vector<HistogramPointer> histograms = Growing(100, 40, random);
  const size_t plain = Encoded(histograms).size();
  EXPECT_LE(plain, 100 * 40 * 2 / 8 + 1000u);
  histograms[50] = std::make_shared<const Histogram>(Stale());
  EXPECT_LE(Encoded(histograms).size(), plain + 64);
  ExpectRoundTrip(histograms);
}

TEST(HistogramColumnTest, WhatIsNotAColumnIsRefused) {
  std::mt19937_64 random(1);
  std::vector<HistogramPointer> histograms = Growing(5, 4, random);
  histograms[2] = std::make_shared<const Histogram>(Stale());
  const std::string bytes = Encoded(histograms);
  for (size_t length = 0; length < bytes.size(); ++length) {
    EXPECT_FALSE(DecodeHistograms(bytes.substr(0, length), 5).ok()) << length;
  }
  EXPECT_FALSE(DecodeHistograms(bytes + "x", 5).ok());
  EXPECT_FALSE(DecodeHistograms(bytes, 4).ok());
  EXPECT_FALSE(DecodeHistograms(bytes, 6).ok());
  EXPECT_FALSE(DecodeHistograms(bytes, 5, /*max_buckets=*/15).ok());
  EXPECT_TRUE(DecodeHistograms(bytes, 5, /*max_buckets=*/24).ok());
}

// A few bytes that claim to be millions of bounds in each of many layouts: memory that a damaged
// file must not cost.
TEST(HistogramColumnTest, BoundsOfAllLayoutsCount) {
  std::vector<HistogramPointer> histograms;
  for (int i = 0; i < 4; ++i) {
    histograms.push_back(std::make_shared<const Histogram>(
        Histogram{.schema = model::kCustomBucketsSchema,
                  .custom_values = std::vector<double>(1000, static_cast<double>(i))}));
  }
  const std::string bytes = Encoded(histograms);
  EXPECT_LE(bytes.size(), 100u);
  EXPECT_TRUE(DecodeHistograms(bytes, 4, /*max_buckets=*/4000).ok());
  const auto refused = DecodeHistograms(bytes, 4, /*max_buckets=*/3999);
  ASSERT_FALSE(refused.ok());
  // Refused at the fourth layout, not when all had been read.
  EXPECT_EQ(refused.status().message(),
            fmt::format("histogram column of {} bytes for 4 histograms: cut off or damaged",
                        bytes.size()));
}

}  // namespace
}  // namespace glint::codec
