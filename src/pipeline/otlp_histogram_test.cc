#include "pipeline/otlp_histogram.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/sample.h"

namespace glint::pipeline {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

model::ExponentialHistogramPoint Point(int32_t scale, int32_t offset,
                                       std::vector<uint64_t> counts) {
  model::ExponentialHistogramPoint point;
  point.scale = scale;
  point.positive = {offset, std::move(counts)};
  for (const uint64_t count : point.positive.counts) point.count += count;
  return point;
}

TEST(NativeHistogramTest, IndexesAreThoseOfUpperBounds) {
  // OTLP's bucket 0 of scale 0 is (1, 2]; Prometheus' bucket 1 of schema 0 ends at 2.
  const auto histogram = NativeHistogram(Point(0, 0, {5, 6}));
  ASSERT_TRUE(histogram.ok());
  EXPECT_EQ(histogram->schema, 0);
  EXPECT_THAT(histogram->positive_spans, ElementsAre(model::BucketSpan{1, 2}));
  EXPECT_THAT(histogram->positive_buckets, ElementsAre(5, 6));
  EXPECT_THAT(histogram->negative_spans, IsEmpty());
  EXPECT_EQ(histogram->count, 11);
  EXPECT_EQ(histogram->zero_threshold, kDefaultZeroThreshold);
}

TEST(NativeHistogramTest, EmptyBucketsAreLeftOutOrBridged) {
  const auto histogram = NativeHistogram(Point(3, -4, {0, 1, 0, 0, 2, 0, 0, 0, 3, 0}));
  ASSERT_TRUE(histogram.ok());
  EXPECT_THAT(histogram->positive_spans,
              ElementsAre(model::BucketSpan{-2, 4}, model::BucketSpan{3, 1}));
  EXPECT_THAT(histogram->positive_buckets, ElementsAre(1, 0, 0, 2, 3));
}

// SDKs begin at scale 20; native histograms end at 8.
TEST(NativeHistogramTest, FinerScalesAreMergedDown) {
  const auto histogram = NativeHistogram(Point(9, -3, {1, 2, 3, 4, 5}));
  ASSERT_TRUE(histogram.ok());
  EXPECT_EQ(histogram->schema, 8);
  // -3 -> -2; -2, -1 -> -1; 0, 1 -> 0.
  EXPECT_THAT(histogram->positive_spans, ElementsAre(model::BucketSpan{-1, 3}));
  EXPECT_THAT(histogram->positive_buckets, ElementsAre(1, 5, 9));
  const auto finest = NativeHistogram(Point(2'000'000'000, -1, {1, 1}));
  ASSERT_TRUE(finest.ok());
  EXPECT_THAT(finest->positive_spans, ElementsAre(model::BucketSpan{0, 2}));
}

TEST(NativeHistogramTest, LimitsAndStaleness) {
  EXPECT_FALSE(NativeHistogram(Point(-5, 0, {1})).ok());
  EXPECT_FALSE(NativeHistogram(Point(0, 2147483647, {1})).ok());
  EXPECT_TRUE(NativeHistogram(Point(0, -2147483647 - 1, {1})).ok());
  model::ExponentialHistogramPoint point = Point(0, 0, {1});
  point.flags = model::kNoRecordedValueFlag;
  EXPECT_TRUE(model::IsStaleNan(NativeHistogram(point)->sum));
  point.flags = 0;
  point.zero_threshold = 0.5;
  point.zero_count = 3;
  EXPECT_EQ(NativeHistogram(point)->zero_threshold, 0.5);
  EXPECT_EQ(NativeHistogram(point)->zero_count, 3);
}

}  // namespace
}  // namespace glint::pipeline
