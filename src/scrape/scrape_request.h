// The request that asks a target for its metrics. Thread-safe.
#pragma once

#include <cstdint>
#include <string>

#include "base/status.h"
#include "config/prometheus_config.h"
#include "net/http_client.h"
#include "scrape/target.h"

namespace glint::scrape {

// Credentials that are in a file are read from it each time, so that they may be rotated.
// NOT_FOUND: that file cannot be read.
StatusOr<net::HttpFetch> MakeScrapeRequest(const config::ScrapeConfig& config, const Target& target,
                                           const std::string& user_agent);

// Bytes that a body may have, compressed or not: body_size_limit, or what we take at most.
uint64_t BodyLimit(const config::ScrapeConfig& config);

}  // namespace glint::scrape
