// Spans as the bytes of OTLP's ExportTraceServiceRequest, written without generated code.
#pragma once

#include <string>
#include <vector>

#include "glint/span.h"

namespace glint::internal {

// Spans grouped by resource and tracer, in their order otherwise.
std::string EncodeTraces(const std::vector<SpanData>& spans);

}  // namespace glint::internal
