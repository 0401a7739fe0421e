// What is scraped, and how that goes: /api/v1/targets, /api/v1/scrape_pools.
// Source: https://prometheus.io/docs/prometheus/latest/querying/api/#targets
#pragma once

#include "net/http.h"
#include "scrape/scraper.h"

namespace glint::api {

// `scraper` outlives the router.
void RouteTargets(const scrape::Scraper& scraper, net::HttpRouter& router);

}  // namespace glint::api
