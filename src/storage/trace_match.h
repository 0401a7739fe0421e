// What both trace stores say of a trace: its spans in order, whether it is searched for, and in a
// line. Thread-safe.
#pragma once

#include <vector>

#include "model/span.h"
#include "storage/trace_reader.h"

namespace glint::storage {

// One trace of what arrived in pieces: groups of equal resource and scope united, spans in each by
// start, then id; groups by their first span. REQUIRES: all spans are of trace `id`.
model::Trace UniteTrace(const model::TraceId& id, std::vector<model::ScopeSpans> pieces);

// Whether everything in `query` holds for this span.
bool Matches(const TraceQuery& query, const model::Resource& resource, const model::Span& span);

// `matched_spans` counts those that match `query`; 0 means that the trace is not searched for.
TraceSummary Summarize(const model::Trace& trace, const TraceQuery& query);

// The order of search results: the later start first, then by id.
bool IsNewer(const TraceSummary& a, const TraceSummary& b);

// What the spans take in memory, roughly.
uint64_t BytesOf(const std::vector<model::ScopeSpans>& groups);

}  // namespace glint::storage
