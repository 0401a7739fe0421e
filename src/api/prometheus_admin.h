// What an operator does to the metric store over HTTP: /api/v1/admin/tsdb/delete_series,
// /clean_tombstones and /snapshot, by POST or PUT, as Prometheus has them.
//
// Whoever reaches the port could delete everything, so it is off unless asked for.
#pragma once

#include "net/http.h"
#include "storage/metric_admin.h"

namespace glint::api {

enum class AdminApi : uint8_t { kDisabled, kEnabled };

// `admin` outlives the router; null is a store that cannot do these things: 501.
void RouteAdmin(AdminApi mode, storage::MetricAdmin* admin, net::HttpRouter& router);

}  // namespace glint::api
