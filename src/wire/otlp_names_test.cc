#include "wire/otlp_names.h"

#include <gtest/gtest.h>

namespace glint::wire {
namespace {

std::string Other(std::string_view name, std::string_view unit) {
  return PrometheusMetricName(name, unit, OtlpNameKind::kOther);
}

// Dashboards written for Prometheus' OTLP endpoint ask for exactly these names.
TEST(PrometheusMetricNameTest, UnitsAndTypesBecomeSuffixes) {
  EXPECT_EQ(Other("http.server.duration", "ms"), "http_server_duration_milliseconds");
  EXPECT_EQ(Other("http.server.request.duration", "s"), "http_server_request_duration_seconds");
  EXPECT_EQ(Other("already_seconds", "s"), "already_seconds");
  EXPECT_EQ(Other("my.hist", "1"), "my_hist");
  EXPECT_EQ(Other("disk.io", "By/s"), "disk_io_bytes_per_second");
  EXPECT_EQ(Other("requests", "{request}/s"), "requests_per_second");
  EXPECT_EQ(Other("queue", "{item}"), "queue");
  EXPECT_EQ(Other("odd", "furlong^2"), "odd_furlong_2");
  EXPECT_EQ(PrometheusMetricName("my.counter", "1", OtlpNameKind::kMonotonicSum),
            "my_counter_total");
  EXPECT_EQ(PrometheusMetricName("total.bytes", "By", OtlpNameKind::kMonotonicSum), "bytes_total");
  EXPECT_EQ(PrometheusMetricName("cpu.load", "1", OtlpNameKind::kGauge), "cpu_load_ratio");
  EXPECT_EQ(PrometheusMetricName("cpu.load", "%", OtlpNameKind::kGauge), "cpu_load_percent");
  EXPECT_EQ(Other("3rd__party//x:y", ""), "_3rd_party_x:y");
  EXPECT_EQ(Other("...", "s"), "");
}

TEST(PrometheusLabelNameTest, KeepsOnlyWhatALabelMayHave) {
  EXPECT_EQ(PrometheusLabelName("http.method"), "http_method");
  EXPECT_EQ(PrometheusLabelName("a..b"), "a__b");
  EXPECT_EQ(PrometheusLabelName("2xx"), "key_2xx");
  EXPECT_EQ(PrometheusLabelName("_x"), "key_x");
  EXPECT_EQ(PrometheusLabelName("__x"), "__x");
}

TEST(PrometheusUnitTest, IsInWords) {
  EXPECT_EQ(PrometheusUnit("s"), "seconds");
  EXPECT_EQ(PrometheusUnit("By/s"), "bytes_per_second");
  EXPECT_EQ(PrometheusUnit("1"), "");
  EXPECT_EQ(PrometheusUnit("{x}"), "");
  EXPECT_EQ(PrometheusUnit("1/s"), "per_second");
}

}  // namespace
}  // namespace glint::wire
