// Which series, labels, values and metadata there are: /api/v1/series, labels, label/NAME/values,
// metadata. Source: https://prometheus.io/docs/prometheus/latest/querying/api/#querying-metadata
#pragma once

#include "base/query_budget.h"
#include "net/http.h"
#include "storage/metric_reader.h"

namespace glint::api {

// `reader` outlives the router.
void RouteSeries(const storage::MetricReader& reader, const QueryLimits& limits,
                 net::HttpRouter& router);

}  // namespace glint::api
