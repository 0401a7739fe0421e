// Traces in the shape of Tempo's query API: /api/traces/ID, /api/search (tags and
// durations), /api/echo. JSON, or protobuf when Accept asks for it.
// Source: https://grafana.com/docs/tempo/latest/api_docs/
#pragma once

#include "base/query_budget.h"
#include "net/http.h"
#include "storage/trace_reader.h"

namespace glint::api {

// `reader` outlives the router.
void RouteTempo(const storage::TraceReader& reader, const QueryLimits& limits,
                net::HttpRouter& router);

}  // namespace glint::api
