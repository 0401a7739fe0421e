// Spans as OTLP bytes: what /api/traces/{id} answers in protobuf, and what exporters send.
// Thread-safe.
#pragma once

#include <span>
#include <string>

#include "model/span.h"
#include "wire/otlp_decode.h"

namespace glint::wire {

// TracesData, which on the wire is ExportTraceServiceRequest and Tempo's Trace too. Neighbouring
// groups of equal resource share one ResourceSpans. JSON is strict OTLP: camelCase, ids in
// lower-case hex, enums as integers, 64-bit integers as strings.
std::string EncodeOtlpSpans(std::span<const model::ScopeSpans> groups, OtlpEncoding encoding);

// How far [i, result) of `groups` have the resource of groups[i].
size_t EndOfResource(std::span<const model::ScopeSpans> groups, size_t i);

}  // namespace glint::wire
