// Values of metrics in the JSON of the Prometheus API: numbers as strings, times as seconds.
// Source:
// https://prometheus.io/docs/prometheus/latest/querying/api/#expression-query-result-formats
#pragma once

#include <string>

#include "base/json_writer.h"
#include "model/histogram.h"
#include "model/labels.h"
#include "model/time.h"

namespace glint::api {

// "NaN", "+Inf", "-Inf" or the shortest decimal that reads back; an exponent only below 1e-6 and
// from 1e21 on.
std::string FormatValue(double value);

// Seconds with at most three decimals, as a JSON number.
void WriteTime(model::TimeMs time, JsonWriter& json);
// [time, "value"]
void WriteSample(model::TimeMs time, double value, JsonWriter& json);
// {"name":"value",...}
void WriteLabels(const model::Labels& labels, JsonWriter& json);
// [time, {"count":..,"sum":..,"buckets":[[rule,"from","to","count"],..]}], empty buckets left out.
void WriteHistogram(model::TimeMs time, const model::Histogram& histogram, JsonWriter& json);

}  // namespace glint::api
