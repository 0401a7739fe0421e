// Metrics in OTLP's two encodings say the same.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <protozero/pbf_writer.hpp>

#include "wire/otlp_decode.h"

namespace glint::wire {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

// Reads one metric given in JSON.
model::OtlpMetric Metric(std::string_view json) {
  const auto decoded = DecodeOtlpMetrics(
      "{\"resourceMetrics\":[{\"scopeMetrics\":[{\"metrics\":[" + std::string(json) + "]}]}]}",
      OtlpEncoding::kJson);
  EXPECT_TRUE(decoded.ok()) << decoded.status().ToString();
  if (!decoded.ok() || decoded->batch.groups.empty()) return {};
  return decoded->batch.groups[0].metrics[0];
}

// Reads one metric given as protobuf, its fields written by `write`.
template <typename Write>
model::OtlpMetric MetricProto(const Write& write) {
  std::string request;
  {
    protozero::pbf_writer out(request);
    protozero::pbf_writer resource(out, 1);
    protozero::pbf_writer scope(resource, 2);
    protozero::pbf_writer metric(scope, 2);
    write(metric);
  }
  const auto decoded = DecodeOtlpMetrics(request, OtlpEncoding::kProtobuf);
  EXPECT_TRUE(decoded.ok()) << decoded.status().ToString();
  if (!decoded.ok() || decoded->batch.groups.empty()) return {};
  return decoded->batch.groups[0].metrics[0];
}

TEST(OtlpMetricsTest, SumWithExemplar) {
  const model::OtlpMetric json = Metric(
      "{\"name\":\"requests\",\"unit\":\"1\",\"description\":\"d\",\"sum\":{\"isMonotonic\":true,"
      "\"aggregationTemporality\":\"AGGREGATION_TEMPORALITY_CUMULATIVE\",\"dataPoints\":[{"
      "\"asInt\":\"-5\",\"startTimeUnixNano\":\"1\",\"timeUnixNano\":2,\"flags\":1,\"exemplars\":"
      "[{\"asDouble\":0.5,\"timeUnixNano\":\"3\",\"traceId\":\"0102030405060708090A0B0C0D0E0F10\","
      "\"spanId\":\"1112131415161718\"}]}]}}");
  const model::OtlpMetric proto = MetricProto([](protozero::pbf_writer& metric) {
    metric.add_string(1, "requests");
    metric.add_string(2, "d");
    metric.add_string(3, "1");
    protozero::pbf_writer sum(metric, 7);
    {
      protozero::pbf_writer point(sum, 1);
      point.add_fixed64(2, 1);
      point.add_fixed64(3, 2);
      {
        protozero::pbf_writer exemplar(point, 5);
        exemplar.add_fixed64(2, 3);
        exemplar.add_double(3, 0.5);
        exemplar.add_bytes(4, "\x11\x12\x13\x14\x15\x16\x17\x18");
        exemplar.add_bytes(5, "\1\2\3\4\5\6\7\x8\x9\xa\xb\xc\xd\xe\xf\x10");
      }
      point.add_sfixed64(6, -5);
      point.add_uint32(8, 1);
    }
    sum.add_enum(2, 2);
    sum.add_bool(3, true);
  });
  EXPECT_EQ(json, proto);
  const auto& sum = std::get<model::OtlpSum>(proto.data);
  EXPECT_TRUE(sum.monotonic);
  EXPECT_EQ(sum.temporality, model::Temporality::kCumulative);
  EXPECT_EQ(std::get<int64_t>(sum.points[0].value), -5);
  EXPECT_TRUE(sum.points[0].HasNoValue());
  EXPECT_EQ(sum.points[0].exemplars[0].trace_id.ToHex(), "0102030405060708090a0b0c0d0e0f10");
}

TEST(OtlpMetricsTest, HistogramPackedAndNot) {
  const model::OtlpMetric json = Metric(
      "{\"histogram\":{\"aggregationTemporality\":1,\"dataPoints\":[{\"count\":\"3\",\"sum\":2.5,"
      "\"bucketCounts\":[\"1\",2],\"explicitBounds\":[1],\"min\":0,\"max\":2}]}}");
  for (const bool packed : {false, true}) {
    const model::OtlpMetric proto = MetricProto([&](protozero::pbf_writer& metric) {
      protozero::pbf_writer histogram(metric, 9);
      {
        protozero::pbf_writer point(histogram, 1);
        point.add_fixed64(4, 3);
        point.add_double(5, 2.5);
        if (packed) {
          const uint64_t counts[] = {1, 2};
          point.add_packed_fixed64(6, counts, counts + 2);
          const double bounds[] = {1};
          point.add_packed_double(7, bounds, bounds + 1);
        } else {
          point.add_fixed64(6, 1);
          point.add_fixed64(6, 2);
          point.add_double(7, 1);
        }
        point.add_double(11, 0);
        point.add_double(12, 2);
      }
      histogram.add_enum(2, 1);
    });
    EXPECT_EQ(json, proto) << packed;
  }
  const auto& point = std::get<model::OtlpHistogram>(json.data).points[0];
  EXPECT_THAT(point.bucket_counts, ElementsAre(1, 2));
  EXPECT_EQ(point.sum, 2.5);
}

TEST(OtlpMetricsTest, ExponentialHistogram) {
  const model::OtlpMetric json = Metric(
      "{\"exponentialHistogram\":{\"aggregationTemporality\":2,\"dataPoints\":[{\"count\":3,"
      "\"scale\":-2,\"zeroCount\":\"1\",\"zeroThreshold\":0.25,\"positive\":{\"offset\":-1,"
      "\"bucketCounts\":[\"0\",\"2\"]},\"attributes\":[{\"key\":\"a\",\"value\":{\"boolValue\":"
      "true}}]}]}}");
  const model::OtlpMetric proto = MetricProto([](protozero::pbf_writer& metric) {
    protozero::pbf_writer histogram(metric, 10);
    {
      protozero::pbf_writer point(histogram, 1);
      {
        protozero::pbf_writer attribute(point, 1);
        attribute.add_string(1, "a");
        protozero::pbf_writer value(attribute, 2);
        value.add_bool(2, true);
      }
      point.add_fixed64(4, 3);
      point.add_sint32(6, -2);
      point.add_fixed64(7, 1);
      {
        protozero::pbf_writer buckets(point, 8);
        buckets.add_sint32(1, -1);
        const uint64_t counts[] = {0, 2};
        buckets.add_packed_uint64(2, counts, counts + 2);
      }
      point.add_double(14, 0.25);
    }
    histogram.add_enum(2, 2);
  });
  EXPECT_EQ(json, proto);
  EXPECT_EQ(std::get<model::OtlpExponentialHistogram>(proto.data).points[0].positive.offset, -1);
}

TEST(OtlpMetricsTest, SummaryAndGauge) {
  const model::OtlpMetric json = Metric(
      "{\"summary\":{\"dataPoints\":[{\"count\":\"4\",\"sum\":10,\"quantileValues\":[{\"quantile\":"
      "0.5,\"value\":\"Infinity\"}]}]}}");
  const model::OtlpMetric proto = MetricProto([](protozero::pbf_writer& metric) {
    protozero::pbf_writer summary(metric, 11);
    protozero::pbf_writer point(summary, 1);
    point.add_fixed64(4, 4);
    point.add_double(5, 10);
    protozero::pbf_writer quantile(point, 6);
    quantile.add_double(1, 0.5);
    quantile.add_double(2, std::numeric_limits<double>::infinity());
  });
  EXPECT_EQ(json, proto);
  EXPECT_THAT(std::get<model::OtlpSummary>(json.data).points[0].quantiles, SizeIs(1));
  const model::OtlpMetric gauge = Metric("{\"gauge\":{\"dataPoints\":[{\"asDouble\":1},{}]}}");
  EXPECT_EQ(std::get<double>(std::get<model::OtlpGauge>(gauge.data).points[0].value), 1);
  EXPECT_EQ(gauge.point_count(), 2u);
}

// The bits that a sender has are the bits that are stored, however long the number is written.
TEST(OtlpMetricsTest, NumbersInJsonAreReadExactly) {
  const auto read = [](const std::string& number) {
    const model::OtlpMetric metric =
        Metric("{\"gauge\":{\"dataPoints\":[{\"asDouble\":" + number + "}]}}");
    return std::get<double>(std::get<model::OtlpGauge>(metric.data).points.at(0).value);
  };
  EXPECT_EQ(read("0.1"), 0.1);
  EXPECT_EQ(read("2.2250738585072011e-308"), 2.2250738585072011e-308);
  EXPECT_EQ(read("0." + std::string(200, '0')), 0);
  EXPECT_EQ(read("1e-999"), 0);
  EXPECT_EQ(read("-7"), -7);
  const std::string huge = "{\"resourceMetrics\":[{\"x\":1e999}]}";
  EXPECT_FALSE(DecodeOtlpMetrics(huge, OtlpEncoding::kJson).ok());
}

TEST(OtlpMetricsTest, WrongTypesNameTheKey) {
  for (const char* bad :
       {"{\"gauge\":{\"dataPoints\":[{\"asInt\":\"x\"}]}}", "{\"gauge\":{\"dataPoints\":{}}}",
        "{\"histogram\":{\"dataPoints\":[{\"bucketCounts\":[-1]}]}}", "{\"name\":[]}"}) {
    const auto decoded = DecodeOtlpMetrics(
        "{\"resourceMetrics\":[{\"scopeMetrics\":[{\"metrics\":[" + std::string(bad) + "]}]}]}",
        OtlpEncoding::kJson);
    ASSERT_FALSE(decoded.ok()) << bad;
    EXPECT_EQ(decoded.status().code(), StatusCode::kInvalidArgument) << bad;
  }
}

}  // namespace
}  // namespace glint::wire
