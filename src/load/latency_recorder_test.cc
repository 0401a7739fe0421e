#include "load/latency_recorder.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

namespace glint::load {
namespace {

// What a plain sorted list says, to 0.8 %.
TEST(LatencyRecorderTest, QuantilesAgreeWithASortedList) {
  for (const uint64_t seed : {1u, 2u, 3u}) {
    std::mt19937_64 random(seed);
    std::lognormal_distribution<double> latencies(14, 3);
    LatencyRecorder recorder;
    std::vector<int64_t> all;
    for (int i = 0; i < 20'000; ++i) {
      all.push_back(static_cast<int64_t>(latencies(random)));
      recorder.Record(all.back());
    }
    std::sort(all.begin(), all.end());
    for (const double quantile : {0.0, 0.001, 0.5, 0.9, 0.99, 0.999, 1.0}) {
      const auto rank = static_cast<size_t>(std::ceil(quantile * 20'000));
      const auto exact = static_cast<double>(all[std::max<size_t>(rank, 1) - 1]);
      const auto got = static_cast<double>(recorder.QuantileNs(quantile));
      EXPECT_GE(got, exact) << "seed " << seed << " quantile " << quantile;
      EXPECT_LE(got, exact * 1.008 + 1) << "seed " << seed << " quantile " << quantile;
    }
    EXPECT_EQ(recorder.max_ns(), all.back());
    EXPECT_EQ(recorder.min_ns(), all.front());
    EXPECT_EQ(recorder.CountUpTo(all.back()), 20'000u);
    EXPECT_EQ(recorder.CountUpTo(-1), 0u);
  }
}

TEST(LatencyRecorderTest, SmallValuesAreExact) {
  LatencyRecorder recorder;
  for (int64_t ns = 0; ns < 256; ++ns) recorder.Record(ns);
  EXPECT_EQ(recorder.QuantileNs(.5), 127);
  EXPECT_EQ(recorder.CountUpTo(9), 10u);
}

TEST(LatencyRecorderTest, TakesAnything) {
  LatencyRecorder recorder;
  EXPECT_EQ(recorder.QuantileNs(.99), 0);
  EXPECT_EQ(recorder.mean_ns(), 0);
  recorder.Record(-5);
  recorder.Record(std::numeric_limits<int64_t>::max());
  EXPECT_EQ(recorder.QuantileNs(0), 0);
  EXPECT_EQ(recorder.QuantileNs(1), std::numeric_limits<int64_t>::max());
}

}  // namespace
}  // namespace glint::load
