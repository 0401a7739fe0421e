// Reading the points of OTLP metrics. Single-threaded.
#pragma once

#include <protozero/pbf_reader.hpp>

#include "model/otlp_metrics.h"
#include "wire/otlp_decode_budget.h"

namespace glint::wire::otlp {

// RESOURCE_EXHAUSTED: the request is too large. Others: this point cannot be kept.
Status ReadPoint(protozero::pbf_reader message, OtlpDecodeBudget& budget, model::NumberPoint& out);
Status ReadPoint(protozero::pbf_reader message, OtlpDecodeBudget& budget,
                 model::HistogramPoint& out);
Status ReadPoint(protozero::pbf_reader message, OtlpDecodeBudget& budget,
                 model::ExponentialHistogramPoint& out);
Status ReadPoint(protozero::pbf_reader message, OtlpDecodeBudget& budget, model::SummaryPoint& out);

}  // namespace glint::wire::otlp
