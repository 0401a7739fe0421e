// The dots: /api/v1/query_exemplars as Prometheus answers it, and /api/glint/v1/exemplars, which
// adds whether the trace of each is stored here.
// Source: https://prometheus.io/docs/prometheus/latest/querying/api/#querying-exemplars
#pragma once

#include "base/query_budget.h"
#include "net/http.h"
#include "storage/exemplar_reader.h"
#include "storage/trace_reader.h"

namespace glint::api {

// Both stores outlive the router.
void RouteExemplars(const storage::ExemplarReader& exemplars, const storage::TraceReader& traces,
                    const QueryLimits& limits, net::HttpRouter& router);

}  // namespace glint::api
