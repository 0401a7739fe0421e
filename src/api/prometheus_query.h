// /api/v1/query, query_range, format_query: PromQL over HTTP.
// Source: https://prometheus.io/docs/prometheus/latest/querying/api/#expression-queries
#pragma once

#include "base/clock.h"
#include "base/query_budget.h"
#include "net/http.h"
#include "promql/engine.h"

namespace glint::api {

// More points a series than any chart has pixels: 400, as Prometheus answers.
inline constexpr int64_t kMaxStepsPerSeries = 11'000;

// `engine` and `clock` outlive the router. `limits` bound every query; a request's own `timeout`
// can only make it shorter.
void RouteQueries(const promql::Engine& engine, const Clock& clock, const QueryLimits& limits,
                  net::HttpRouter& router);

}  // namespace glint::api
