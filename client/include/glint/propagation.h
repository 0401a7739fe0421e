// W3C Trace Context: how a trace crosses from process to process in two HTTP headers.
//
//   glint::SpanContext parent = glint::ParseTraceParent(request["traceparent"]);
//   parent.trace_state = glint::CheckedTraceState(request["tracestate"]);
//   ...
//   out["traceparent"] = glint::FormatTraceParent(glint::CurrentSpanContext());
//   out["tracestate"] = ...trace_state, if it is not empty.
#pragma once

#include <string>
#include <string_view>

#include "glint/span_context.h"

namespace glint {

// An invalid context where the header is missing or malformed: a new trace begins. Versions above
// 00 are read as far as we know them, as the recommendation asks.
SpanContext ParseTraceParent(std::string_view header);

// Empty for an invalid context: send no header then.
std::string FormatTraceParent(const SpanContext& context);

// The header as it is if it is well-formed (at most 32 members of key=value, 512 characters in
// all), else empty, for a broken one must not travel on.
std::string CheckedTraceState(std::string_view header);

}  // namespace glint
