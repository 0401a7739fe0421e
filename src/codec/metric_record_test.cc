#include "codec/metric_record.h"

#include <gtest/gtest.h>

#include <bit>
#include <fstream>
#include <iterator>

#include "model/sample.h"

namespace glint::codec {
namespace {

using model::SeriesRef;

MetricRecord Example() {
  MetricRecord record;
  record.sender = 300;
  record.series = {SeriesRef{7}, SeriesRef{3}};
  record.values = {model::StaleNan(), -0.0};
  record.times = {1'700'000'000'123, -5};
  record.start_times = {1'600'000'000'000, 0};
  record.histogram_series = {SeriesRef{9}};
  record.histogram_times = {1'700'000'000'000};
  record.histogram_start_times = {1'600'000'000'000};
  record.histograms = {std::make_shared<const model::Histogram>(
      model::Histogram{.counter_reset_hint = model::CounterResetHint::kGauge,
                       .schema = model::kCustomBucketsSchema,
                       .count = 6,
                       .sum = 1.5,
                       .positive_spans = {{-2, 2}, {1, 1}},
                       .positive_buckets = {1, 2, 3},
                       .custom_values = {0.1, 0.5}})};
  record.exemplar_series = {SeriesRef{7}, SeriesRef{7}};
  record.exemplars = {{.time = 5,
                       .value = 0.25,
                       .trace_id = {{1, 2, 3}},
                       .span_id = {{4, 5}},
                       .labels = model::Labels{{"user", "ann"}}},
                      {.time = 6, .value = 1}};
  record.metadata = {{"up", model::MetricType::kGauge, "Is it up?", "seconds"}};
  return record;
}

// Encoding is deterministic, so equal bytes mean that all came back.
TEST(MetricRecordTest, EverythingComesBack) {
  const std::string bytes = EncodeMetricRecord(Example());
  const auto decoded = DecodeMetricRecord(bytes);
  ASSERT_TRUE(decoded.ok()) << decoded.status().ToString();
  EXPECT_EQ(EncodeMetricRecord(*decoded), bytes);
  EXPECT_TRUE(model::IsStaleNan(decoded->values[0]));
  EXPECT_EQ(decoded->times[1], -5);
  EXPECT_EQ(decoded->histogram_start_times, Example().histogram_start_times);
  EXPECT_EQ(*decoded->histograms[0], *Example().histograms[0]);
  EXPECT_EQ(decoded->exemplars, Example().exemplars);
  EXPECT_EQ(decoded->metadata, Example().metadata);
}

TEST(MetricRecordTest, OneTimeForAllIsKeptAsOne) {
  MetricRecord record = Example();
  record.times.clear();
  record.start_times.clear();
  record.time = 42;
  const auto decoded = DecodeMetricRecord(EncodeMetricRecord(record));
  EXPECT_TRUE(decoded->times.empty());
  EXPECT_EQ(decoded->time, 42);
}

TEST(MetricRecordTest, EveryPrefixIsRefused) {
  const std::string bytes = EncodeMetricRecord(Example());
  for (size_t length = 0; length < bytes.size(); ++length) {
    EXPECT_FALSE(DecodeMetricRecord(bytes.substr(0, length)).ok()) << length;
  }
  EXPECT_FALSE(DecodeMetricRecord(bytes + "x").ok());
}

// Written by version 2 of the format. If this fails, old logs are no longer read: make a version 3.
TEST(MetricRecordTest, GoldenFileOfVersion2) {
  std::ifstream file(GLINT_TESTDATA "/metric_record.v2", std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  ASSERT_FALSE(bytes.empty());
  const auto decoded = DecodeMetricRecord(bytes);
  ASSERT_TRUE(decoded.ok()) << decoded.status().ToString();
  EXPECT_EQ(EncodeMetricRecord(*decoded), EncodeMetricRecord(Example()));
}

}  // namespace
}  // namespace glint::codec
