// glint's metrics of itself, on /metrics: what came in, what became of it, what is held.
//
// Thread-safe.
#pragma once

#include <string>

#include "glint/registry.h"
#include "net/http.h"
#include "net/http_server.h"
#include "pipeline/otlp_receiver.h"
#include "pipeline/remote_write_receiver.h"
#include "scrape/scraper.h"
#include "tracedb/trace_store.h"
#include "tsdb/metric_store.h"

namespace glint::server {

// All of these outlive the registry.
void AddStoreMetrics(const tsdb::MetricStore& metrics, const tracedb::TraceStore& traces,
                     Registry& registry);
// `server` is part of the names: "api", "otlp_http".
void AddHttpMetrics(const std::string& server, const net::HttpServer& http, Registry& registry);
void AddRemoteWriteMetrics(const pipeline::RemoteWriteReceiver& receiver, Registry& registry);
void AddOtlpMetrics(const pipeline::OtlpReceiver& receiver, Registry& registry);
void AddScrapeMetrics(const scrape::Scraper& scraper, Registry& registry);
void AddBuildMetrics(Registry& registry);

// Text 0.0.4 or OpenMetrics, as Accept asks. The registry outlives the router.
void RouteOwnMetrics(const Registry& registry, net::HttpRouter& router);

}  // namespace glint::server
