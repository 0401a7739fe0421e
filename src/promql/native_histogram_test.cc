#include "promql/native_histogram.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "promql/histogram_quantile.h"

namespace glint::promql {
namespace {

model::Histogram Exponential(int32_t schema, int32_t offset, std::vector<double> counts) {
  model::Histogram h;
  h.schema = schema;
  h.positive_spans = {{offset, static_cast<uint32_t>(counts.size())}};
  for (const double count : counts) h.count += count;
  h.positive_buckets = std::move(counts);
  return h;
}

TEST(NativeHistogramTest, SumTakesTheCoarserSchema) {
  model::Histogram sum = Exponential(1, 1, {1, 2, 3, 4});  // Up to sqrt(2), 2, 2 sqrt(2), 4.
  Add(sum, Exponential(0, 1, {10, 20}));                   // Up to 2, 4.
  EXPECT_EQ(sum.schema, 0);
  EXPECT_EQ(ToText(sum), "{count:40, sum:0, (1,2]:13, (2,4]:27}");
}

TEST(NativeHistogramTest, WiderZeroBucketSwallowsWhatLiesInIt) {
  model::Histogram a = Exponential(0, -1, {5, 1});  // (0.25, 0.5], (0.5, 1]
  model::Histogram b;
  b.zero_threshold = 0.5;
  b.zero_count = b.count = 2;
  Add(a, b);
  EXPECT_EQ(a.zero_threshold, 0.5);
  EXPECT_EQ(a.zero_count, 7);
  EXPECT_EQ(ToText(a), "{count:8, sum:0, [-0.5,0.5]:7, (0.5,1]:1}");
}

TEST(NativeHistogramTest, CustomBoundsMeetInWhatTheyShare) {
  model::Histogram a;
  a.schema = model::kCustomBucketsSchema;
  a.custom_values = {1, 2, 3};
  a.positive_spans = {{0, 4}};
  a.positive_buckets = {1, 2, 3, 4};
  model::Histogram b = a;
  b.custom_values = {2, 5};
  b.positive_spans = {{0, 3}};
  b.positive_buckets = {10, 20, 30};
  const HistogramMeeting met = Add(a, b);
  EXPECT_TRUE(met.bounds_reconciled);
  EXPECT_EQ(a.custom_values, std::vector<double>{2});
  EXPECT_EQ(a.positive_buckets, (std::vector<double>{13, 57}));
  EXPECT_TRUE(Add(a, Exponential(0, 1, {1})).incompatible);
}

TEST(NativeHistogramTest, ResetIsSeenInAnyBucket) {
  const model::Histogram before = Exponential(1, 1, {1, 2, 3});
  EXPECT_FALSE(WasReset(Exponential(1, 1, {1, 2, 4}), before));
  EXPECT_TRUE(WasReset(Exponential(1, 1, {1, 1, 5}), before));
  EXPECT_TRUE(WasReset(Exponential(2, 1, {9, 9, 9}), before));  // Finer all of a sudden.
  EXPECT_FALSE(WasReset(Exponential(0, 1, {3, 9}), before));    // Coarser is allowed.
}

// A difference that is added again gives back what was there, whatever the layouts.
TEST(NativeHistogramTest, AddUndoesSubtract) {
  std::mt19937_64 random(7);
  for (int i = 0; i < 200; ++i) {
    const auto any = [&] {
      std::vector<double> counts(1 + random() % 20);
      for (double& count : counts) count = static_cast<double>(random() % 100);
      return Exponential(static_cast<int32_t>(random() % 12) - 4,
                         static_cast<int32_t>(random() % 40) - 20, std::move(counts));
    };
    const model::Histogram a = any();
    const model::Histogram b = any();
    model::Histogram back = a;
    Subtract(back, b);
    Add(back, b);
    model::Histogram expected = a;
    ReduceSchema(expected, back.schema);
    EXPECT_TRUE(SameObservations(back, expected)) << ToText(back) << " " << ToText(expected);
  }
}

TEST(NativeHistogramTest, QuantilesAscendAndFractionsInvertThem) {
  const model::Histogram h = Exponential(2, -5, {3, 0, 7, 1, 9, 4});
  double before = 0;
  for (double q = 0.01; q < 1; q += 0.01) {
    const double value = QuantileOf(q, h);
    EXPECT_GE(value, before);
    EXPECT_NEAR(FractionOf(-INFINITY, value, h), q, 1e-9);
    before = value;
  }
}

}  // namespace
}  // namespace glint::promql
