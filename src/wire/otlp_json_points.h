// Reading the points of OTLP metrics from JSON. Single-threaded.
#pragma once

#include "model/otlp_metrics.h"
#include "wire/otlp_decode_budget.h"
#include "wire/otlp_json_reader.h"

namespace glint::wire::otlp {

// OUT_OF_RANGE: this point cannot be kept. Others: the request cannot.
Status ReadPoint(const JsonValue& value, OtlpDecodeBudget& budget, model::NumberPoint& out);
Status ReadPoint(const JsonValue& value, OtlpDecodeBudget& budget, model::HistogramPoint& out);
Status ReadPoint(const JsonValue& value, OtlpDecodeBudget& budget,
                 model::ExponentialHistogramPoint& out);
Status ReadPoint(const JsonValue& value, OtlpDecodeBudget& budget, model::SummaryPoint& out);

}  // namespace glint::wire::otlp
