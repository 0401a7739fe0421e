#include "pipeline/otlp_to_series.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "model/sample.h"
#include "wire/otlp_decode.h"

namespace glint::pipeline {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

// Translates one metric given in JSON, sent by checkout/cart on pod-1 in region eu.
TranslatedMetrics Translate(
    const std::string& metric,
    const std::string& resource =
        "[{\"key\":\"service.name\",\"value\":{\"stringValue\":\"cart\"}},"
        "{\"key\":\"service.namespace\",\"value\":{\"stringValue\":\"shop\"}},"
        "{\"key\":\"service.instance.id\",\"value\":{\"stringValue\":\"p1\"}},"
        "{\"key\":\"cloud.region\",\"value\":{\"stringValue\":\"eu\"}}]") {
  const auto decoded =
      wire::DecodeOtlpMetrics("{\"resourceMetrics\":[{\"resource\":{\"attributes\":" + resource +
                                  "},\"scopeMetrics\":[{\"metrics\":[" + metric + "]}]}]}",
                              wire::OtlpEncoding::kJson);
  EXPECT_TRUE(decoded.ok()) << decoded.status().ToString();
  return decoded.ok() ? TranslateOtlpMetrics(decoded->batch) : TranslatedMetrics();
}

std::map<std::string, double> Values(const TranslatedMetrics& metrics) {
  std::map<std::string, double> out;
  for (size_t i = 0; i < metrics.values.size(); ++i) {
    out[metrics.series[metrics.sample_series[i]].ToString()] = metrics.values[i];
  }
  return out;
}

TEST(TranslateOtlpMetricsTest, SumBecomesACounterOfItsJobAndInstance) {
  const TranslatedMetrics metrics = Translate(
      "{\"name\":\"http.requests\",\"unit\":\"1\",\"description\":\"d\",\"sum\":{\"isMonotonic\":"
      "true,"
      "\"aggregationTemporality\":2,\"dataPoints\":[{\"asInt\":\"7\",\"startTimeUnixNano\":"
      "\"1000000000\",\"timeUnixNano\":\"2000000000\",\"attributes\":[{\"key\":\"http.method\","
      "\"value\":{\"stringValue\":\"GET\"}},{\"key\":\"a.b\",\"value\":{\"intValue\":1}},{\"key\":"
      "\"a_b\",\"value\":{\"boolValue\":true}},{\"key\":\"job\",\"value\":{\"stringValue\":\"x\"}}]"
      "}]}}");
  EXPECT_THAT(Values(metrics),
              UnorderedElementsAre(
                  Pair("http_requests_total{a_b=\"1;true\", http_method=\"GET\", instance=\"p1\", "
                       "job=\"shop/cart\"}",
                       7),
                  Pair("target_info{cloud_region=\"eu\", instance=\"p1\", job=\"shop/cart\"}", 1)));
  EXPECT_THAT(metrics.times, ElementsAre(2000, 2000));
  EXPECT_THAT(metrics.start_times, ElementsAre(1000, 0));
  EXPECT_EQ(metrics.points, 1u);
  EXPECT_EQ(metrics.metadata[0],
            (model::MetricMetadata{"http_requests_total", model::MetricType::kCounter, "d", ""}));
}

// The dots: an exemplar belongs to the one bucket that its value fell into.
TEST(TranslateOtlpMetricsTest, HistogramBucketsAreCumulativeAndCarryTheirExemplars) {
  const TranslatedMetrics metrics = Translate(
      "{\"name\":\"latency\",\"unit\":\"s\",\"histogram\":{\"aggregationTemporality\":2,"
      "\"dataPoints\":[{\"timeUnixNano\":\"2000000000\",\"count\":\"6\",\"sum\":9.5,"
      "\"bucketCounts\":"
      "[\"1\",\"2\",\"3\"],\"explicitBounds\":[0.5,1],\"exemplars\":["
      "{\"asDouble\":1,\"timeUnixNano\":\"1500000000\",\"traceId\":"
      "\"0102030405060708090a0b0c0d0e0f10\",\"spanId\":\"0102030405060708\",\"filteredAttributes\":"
      "[{\"key\":\"k.k\",\"value\":{\"stringValue\":\"v\"}}]},{\"asDouble\":7}]}]}}",
      "[]");
  EXPECT_THAT(
      Values(metrics),
      UnorderedElementsAre(Pair("latency_seconds_sum", 9.5), Pair("latency_seconds_count", 6),
                           Pair("latency_seconds_bucket{le=\"0.5\"}", 1),
                           Pair("latency_seconds_bucket{le=\"1.0\"}", 3),
                           Pair("latency_seconds_bucket{le=\"+Inf\"}", 6)));
  ASSERT_THAT(metrics.exemplars, SizeIs(2));
  EXPECT_EQ(metrics.series[metrics.exemplar_series[0]].Get("le"), "1.0");
  EXPECT_EQ(metrics.series[metrics.exemplar_series[1]].Get("le"), "+Inf");
  EXPECT_EQ(metrics.exemplars[0].time, 1500);
  EXPECT_EQ(metrics.exemplars[0].trace_id.ToHex(), "0102030405060708090a0b0c0d0e0f10");
  EXPECT_EQ(metrics.exemplars[0].labels, model::Labels({{"k_k", "v"}}));
  EXPECT_EQ(metrics.exemplars[1].time, 2000);
}

TEST(TranslateOtlpMetricsTest, SummaryHasQuantiles) {
  const TranslatedMetrics metrics = Translate(
      "{\"name\":\"s\",\"summary\":{\"dataPoints\":[{\"timeUnixNano\":\"1000000\",\"count\":\"2\","
      "\"sum\":3,\"quantileValues\":[{\"quantile\":1,\"value\":5}]}]}}",
      "[]");
  EXPECT_THAT(Values(metrics), UnorderedElementsAre(Pair("s_sum", 3), Pair("s_count", 2),
                                                    Pair("s{quantile=\"1.0\"}", 5)));
}

// A series that ended must not be drawn as a flat line for five minutes.
TEST(TranslateOtlpMetricsTest, NoRecordedValueIsAStalenessMarker) {
  const TranslatedMetrics metrics = Translate(
      "{\"name\":\"g\",\"gauge\":{\"dataPoints\":[{\"timeUnixNano\":\"1000000\",\"flags\":1}]}},"
      "{\"name\":\"h\",\"histogram\":{\"aggregationTemporality\":2,\"dataPoints\":[{"
      "\"timeUnixNano\":"
      "\"1000000\",\"flags\":1,\"explicitBounds\":[1],\"bucketCounts\":[0,0]}]}}",
      "[]");
  ASSERT_THAT(metrics.values, SizeIs(5));
  for (const double value : metrics.values) EXPECT_TRUE(model::IsStaleNan(value));
}

TEST(TranslateOtlpMetricsTest, DeltaIsRefusedWithItsReason) {
  const TranslatedMetrics metrics = Translate(
      "{\"name\":\"c\",\"sum\":{\"aggregationTemporality\":1,\"dataPoints\":[{\"asInt\":1,"
      "\"timeUnixNano\":\"1\"},{\"asInt\":2,\"timeUnixNano\":\"1\"}]}}");
  EXPECT_EQ(metrics.refused[static_cast<size_t>(PointRefusal::kTemporality)], 2u);
  EXPECT_EQ(metrics.first_reason,
            "metric `c`: temporality is delta, only cumulative can be stored");
  EXPECT_THAT(metrics.series, IsEmpty());
}

TEST(TranslateOtlpMetricsTest, PointsThatSayNothingAreRefusedAlone) {
  const TranslatedMetrics metrics = Translate(
      "{\"name\":\"g\",\"gauge\":{\"dataPoints\":[{\"timeUnixNano\":\"1000000\"},{\"asInt\":1},"
      "{\"asInt\":1,\"timeUnixNano\":\"1000000\"}]}},"
      "{\"name\":\"h\",\"histogram\":{\"aggregationTemporality\":2,\"dataPoints\":["
      "{\"timeUnixNano\":\"1\",\"bucketCounts\":[1],\"explicitBounds\":[1]},"
      "{\"timeUnixNano\":\"1\",\"bucketCounts\":[1,1,1],\"explicitBounds\":[2,1]}]}},"
      "{\"name\":\"...\",\"gauge\":{\"dataPoints\":[{\"asInt\":1,\"timeUnixNano\":\"1\"}]}}",
      "[]");
  EXPECT_EQ(metrics.refused[static_cast<size_t>(PointRefusal::kInvalid)], 5u);
  EXPECT_THAT(Values(metrics), UnorderedElementsAre(Pair("g", 1)));
}

// A thousand bytes of attributes on a million buckets: a request of 9 MB that asks for gigabytes.
TEST(TranslateOtlpMetricsTest, RepeatedLabelsAreBounded) {
  std::string bounds = "0";
  std::string counts = "1,1";
  for (int i = 1; i < 300'000; ++i) {
    bounds += "," + std::to_string(i);
    counts += ",1";
  }
  const TranslatedMetrics metrics = Translate(
      "{\"name\":\"h\",\"histogram\":{\"aggregationTemporality\":2,\"dataPoints\":[{"
      "\"timeUnixNano\":"
      "\"1000000\",\"bucketCounts\":[" +
      counts + "],\"explicitBounds\":[" + bounds +
      "],"
      "\"attributes\":[{\"key\":\"k\",\"value\":{\"stringValue\":\"" +
      std::string(2000, 'x') + "\"}}]}]}}");
  EXPECT_EQ(metrics.refused[static_cast<size_t>(PointRefusal::kLimit)], 1u);
  EXPECT_THAT(metrics.series, IsEmpty());
}

}  // namespace
}  // namespace glint::pipeline
