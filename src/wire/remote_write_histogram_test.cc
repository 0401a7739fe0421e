#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "model/sample.h"
#include "wire/remote_write.h"
#include "wire/remote_write_request_for_test.h"

namespace glint::wire {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;
using Field = remote_write::HistogramField;

std::string Span(int32_t offset, uint32_t length) {
  std::string out;
  protozero::pbf_writer writer(out);
  writer.add_sint32(remote_write::SpanField::kOffset, offset);
  writer.add_uint32(remote_write::SpanField::kLength, length);
  return out;
}

std::string Message(const std::function<void(protozero::pbf_writer&)>& fill) {
  std::string out;
  protozero::pbf_writer writer(out);
  fill(writer);
  return out;
}

void AddDoubles(protozero::pbf_writer& writer, uint32_t field, const std::vector<double>& values) {
  writer.add_packed_double(field, values.begin(), values.end());
}
void AddDeltas(protozero::pbf_writer& writer, uint32_t field, const std::vector<int64_t>& deltas) {
  writer.add_packed_sint64(field, deltas.begin(), deltas.end());
}

class RemoteWriteHistogramTest : public ::testing::Test {
 protected:
  // Decodes one histogram; null when it was refused.
  std::shared_ptr<const model::Histogram> Decode(const std::string& message) {
    SentSeriesForTest series;
    series.labels = {{"__name__", "latency"}};
    series.histograms = {message};
    const auto decoded = DecodeRemoteWrite(RequestV1({series}), RemoteWriteVersion::k1);
    EXPECT_TRUE(decoded.ok()) << decoded.status().ToString();
    reason_ = decoded->first_reason;
    EXPECT_EQ(decoded->histograms.size() + decoded->refused_histograms, 1u);
    if (decoded->histograms.empty()) return nullptr;
    time_ = decoded->histograms[0].time;
    return decoded->histograms[0].histogram;
  }
  std::string ReasonOf(const std::function<void(protozero::pbf_writer&)>& fill) {
    return Decode(Message(fill)) == nullptr ? reason_ : "none";
  }

  std::string reason_;
  model::TimeMs time_ = 0;
};

TEST_F(RemoteWriteHistogramTest, IntegerCountsComeAsDifferences) {
  const auto histogram = Decode(Message([](auto& writer) {
    writer.add_uint64(Field::kCountInt, 12);
    writer.add_double(Field::kSum, 3.5);
    writer.add_sint32(Field::kSchema, -4);
    writer.add_double(Field::kZeroThreshold, 0.001);
    writer.add_uint64(Field::kZeroCountInt, 1);
    writer.add_message(Field::kNegativeSpans, Span(2, 1));
    AddDeltas(writer, Field::kNegativeDeltas, {4});
    writer.add_message(Field::kPositiveSpans, Span(-3, 2));
    writer.add_message(Field::kPositiveSpans, Span(5, 1));
    AddDeltas(writer, Field::kPositiveDeltas, {2, 1, -1});
    writer.add_enum(Field::kResetHint, 1);
    writer.add_int64(Field::kTime, 9000);
  }));
  ASSERT_NE(histogram, nullptr) << reason_;
  EXPECT_EQ(time_, 9000);
  EXPECT_EQ(histogram->counter_reset_hint, model::CounterResetHint::kReset);
  EXPECT_EQ(histogram->schema, -4);
  EXPECT_EQ(histogram->count, 12);
  EXPECT_EQ(histogram->zero_count, 1);
  EXPECT_EQ(histogram->sum, 3.5);
  EXPECT_THAT(histogram->positive_buckets, ElementsAre(2, 3, 2));
  EXPECT_THAT(histogram->negative_buckets, ElementsAre(4));
  EXPECT_THAT(histogram->positive_spans,
              ElementsAre(model::BucketSpan{-3, 2}, model::BucketSpan{5, 1}));
}

TEST_F(RemoteWriteHistogramTest, FloatCountsAreTakenAsTheyAre) {
  const auto histogram = Decode(Message([](auto& writer) {
    writer.add_double(Field::kCountFloat, 2.75);
    writer.add_double(Field::kZeroCountFloat, 0.25);
    writer.add_message(Field::kPositiveSpans, Span(0, 2));
    AddDoubles(writer, Field::kPositiveCounts, {1.5, 1});
    writer.add_enum(Field::kResetHint, 3);
  }));
  ASSERT_NE(histogram, nullptr) << reason_;
  EXPECT_EQ(histogram->count, 2.75);
  EXPECT_EQ(histogram->zero_count, 0.25);
  EXPECT_THAT(histogram->positive_buckets, ElementsAre(1.5, 1));
  EXPECT_EQ(histogram->counter_reset_hint, model::CounterResetHint::kGauge);
}

TEST_F(RemoteWriteHistogramTest, CustomBuckets) {
  const auto histogram = Decode(Message([](auto& writer) {
    writer.add_uint64(Field::kCountInt, 5);
    writer.add_sint32(Field::kSchema, model::kCustomBucketsSchema);
    writer.add_message(Field::kPositiveSpans, Span(1, 2));  // The last one ends at +Inf.
    AddDeltas(writer, Field::kPositiveDeltas, {2, 1});
    AddDoubles(writer, Field::kCustomValues, {0.1, 0.5});
  }));
  ASSERT_NE(histogram, nullptr) << reason_;
  EXPECT_THAT(histogram->custom_values, ElementsAre(0.1, 0.5));
  EXPECT_THAT(histogram->positive_buckets, ElementsAre(2, 3));
}

TEST_F(RemoteWriteHistogramTest, AStaleOneIsAMarker) {
  const auto histogram =
      Decode(Message([](auto& writer) { writer.add_double(Field::kSum, model::StaleNan()); }));
  ASSERT_NE(histogram, nullptr) << reason_;
  EXPECT_TRUE(model::IsStaleNan(histogram->sum));
}

// A histogram that does not add up draws quantiles that nobody can explain.
TEST_F(RemoteWriteHistogramTest, WhatDoesNotAddUpIsRefused) {
  EXPECT_THAT(ReasonOf([](auto& writer) { writer.add_sint32(Field::kSchema, 9); }),
              HasSubstr("schema is 9"));
  EXPECT_THAT(ReasonOf([](auto& writer) {
                writer.add_uint64(Field::kCountInt, 7);
                writer.add_message(Field::kPositiveSpans, Span(0, 1));
                AddDeltas(writer, Field::kPositiveDeltas, {6});
              }),
              HasSubstr("buckets hold 6 observations, the count is 7"));
  EXPECT_THAT(ReasonOf([](auto& writer) {
                writer.add_uint64(Field::kCountInt, 6);
                writer.add_message(Field::kPositiveSpans, Span(0, 2));
                AddDeltas(writer, Field::kPositiveDeltas, {6});
              }),
              HasSubstr("positive spans say 2 buckets, 1 came"));
  EXPECT_THAT(ReasonOf([](auto& writer) {
                writer.add_message(Field::kPositiveSpans, Span(0, 2));
                AddDeltas(writer, Field::kPositiveDeltas, {6, -7});
              }),
              HasSubstr("positive bucket 1 has a count below 0"));
  EXPECT_THAT(ReasonOf([](auto& writer) {
                writer.add_double(Field::kCountFloat, 1);
                writer.add_message(Field::kNegativeSpans, Span(0, 1));
                AddDoubles(writer, Field::kNegativeCounts, {-1});
              }),
              HasSubstr("negative bucket 0 has count -1"));
  EXPECT_THAT(ReasonOf([](auto& writer) {
                writer.add_uint64(Field::kCountInt, 4);
                writer.add_message(Field::kPositiveSpans, Span(0, 1));
                writer.add_message(Field::kPositiveSpans, Span(-1, 1));
                AddDeltas(writer, Field::kPositiveDeltas, {2, 0});
              }),
              HasSubstr("span 1 has offset -1"));
  EXPECT_THAT(ReasonOf([](auto& writer) {
                writer.add_uint64(Field::kCountInt, 4);
                writer.add_message(Field::kPositiveSpans, Span(INT32_MAX, 1));
                AddDeltas(writer, Field::kPositiveDeltas, {4});
              }),
              HasSubstr("beyond 32 bits"));
  EXPECT_THAT(ReasonOf([](auto& writer) { AddDoubles(writer, Field::kCustomValues, {1}); }),
              HasSubstr("schema 0 with 1 custom bounds"));
}

TEST_F(RemoteWriteHistogramTest, CustomBucketsThatDoNotFitTheirBoundsAreRefused) {
  const auto reason = [&](std::vector<double> bounds, int32_t offset, uint32_t length) {
    return ReasonOf([&](auto& writer) {
      writer.add_double(Field::kCountFloat, 2);
      writer.add_sint32(Field::kSchema, model::kCustomBucketsSchema);
      AddDoubles(writer, Field::kCustomValues, bounds);
      writer.add_message(Field::kPositiveSpans, Span(offset, length));
      AddDoubles(writer, Field::kPositiveCounts, std::vector<double>(length, 1));
    });
  };
  EXPECT_EQ(reason({1, 2}, 0, 3), "none");
  EXPECT_THAT(reason({1, 1}, 0, 3), HasSubstr("custom bound 1 is 1"));
  EXPECT_THAT(reason({1, INFINITY}, 0, 3), HasSubstr("custom bound 1 is inf"));
  EXPECT_THAT(reason({1, 2}, 0, 4), HasSubstr("custom buckets end at 4, there are 2 bounds"));
  EXPECT_THAT(reason({1, 2}, -1, 2), HasSubstr("custom buckets begin at -1"));
  EXPECT_THAT(ReasonOf([&](auto& writer) {
                writer.add_sint32(Field::kSchema, model::kCustomBucketsSchema);
                writer.add_double(Field::kZeroThreshold, 1);
              }),
              HasSubstr("zero bucket"));
}

}  // namespace
}  // namespace glint::wire
