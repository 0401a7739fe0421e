// /api/v1/status/tsdb: which names, labels and values the many series come from, for whoever looks
// for the label that should not have been one.
#pragma once

#include "base/clock.h"
#include "base/query_budget.h"
#include "net/http.h"
#include "storage/metric_reader.h"

namespace glint::api {

// Of series with a sample within so long. Prometheus counts those of its head, 2 to 3 hours.
inline constexpr int64_t kTsdbStatusMs = 60 * 60 * 1000;

// All of these outlive the router. Reads the labels of one metric after the other and charges
// what it has to remember.
void RouteTsdbStatus(const storage::MetricReader& metrics, const Clock& clock,
                     const QueryLimits& limits, net::HttpRouter& router);

}  // namespace glint::api
