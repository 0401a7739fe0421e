// /api/v1/status/tsdb: which names, labels and values the many series come from, for whoever looks
// for the label that should not have been one. And /api/v1/status/walreplay.
#pragma once

#include <functional>

#include "base/clock.h"
#include "base/query_budget.h"
#include "net/http.h"
#include "storage/metric_reader.h"

namespace glint::api {

// Of series with a sample within so long, which minTime and maxTime tell. Prometheus counts those
// of its head, 2 to 3 hours. Here the head holds rows: chunkCount is 0.
inline constexpr int64_t kTsdbStatusMs = 60 * 60 * 1000;

// All of these outlive the router. Reads the labels of one metric after the other and charges
// what it has to remember.
void RouteTsdbStatus(const storage::MetricReader& metrics, const Clock& clock,
                     const QueryLimits& limits, net::HttpRouter& router);

// The log is replayed before the first request is answered, so that it is always done: all of
// `log_segments`, which is asked at each request and must be thread-safe.
void RouteWalReplay(std::function<uint64_t()> log_segments, net::HttpRouter& router);

}  // namespace glint::api
