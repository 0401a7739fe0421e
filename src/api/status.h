// What this server is: /api/v1/status/buildinfo, /-/healthy, /-/ready; and empty answers, true as
// long as there are no rules, for those who always ask: /api/v1/rules, /api/v1/alerts.
#pragma once

#include <functional>

#include "net/http.h"

namespace glint::api {

// `ready` is asked at each request and must be thread-safe.
void RouteStatus(std::function<bool()> ready, net::HttpRouter& router);

}  // namespace glint::api
