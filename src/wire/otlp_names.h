// Names of series and labels for OpenTelemetry's names, as Prometheus' OTLP endpoint makes them by
// default (strategy UnderscoreEscapingWithSuffixes).
// Source: https://prometheus.io/docs/guides/opentelemetry/, the OpenMetrics compatibility section
// of the OpenTelemetry specification.
//
// Thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace glint::wire {

enum class OtlpNameKind : uint8_t { kGauge, kMonotonicSum, kOther };

// "http.server.duration" in unit "ms" -> "http_server_duration_milliseconds". A monotonic sum ends
// in _total, a gauge in unit "1" in _ratio; words that are there already are not added again.
// Empty when nothing of the name can be used.
std::string PrometheusMetricName(std::string_view name, std::string_view unit, OtlpNameKind kind);

// "http.method" -> "http_method"; what begins with a digit, or one underscore, gets "key" in front.
std::string PrometheusLabelName(std::string_view name);

// The unit in words, as UNIT lines have it: "By/s" -> "bytes_per_second". Empty for "1" and for
// annotations in braces.
std::string PrometheusUnit(std::string_view unit);

}  // namespace glint::wire
