// The body of Tempo's /api/traces/{id}: {"batches":[{"resource", "scopeSpans":[{"scope",
// "spans"}]}]}, in protobuf's own JSON: ids in base64, enums by name, 64-bit integers as strings.
// Thread-safe.
#pragma once

#include <string>

#include "model/span.h"

namespace glint::wire {

std::string TempoTraceJson(const model::Trace& trace);

}  // namespace glint::wire
