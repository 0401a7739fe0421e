// What is scraped: one URL with the labels that its samples get.
//
// Thread-compatible.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/status.h"
#include "config/prometheus_config.h"
#include "model/labels.h"

namespace glint::scrape {

struct Target {
  model::Labels discovered;  // Before relabelling, "__address__" and the like among them.
  model::Labels labels;      // What its samples get: job, instance and more.
  std::string url;           // With scheme, path and parameters.
  int64_t interval_ms = 0;
  int64_t timeout_ms = 0;

  // Stays the same through restarts: its place in the interval, and its sender in the store.
  uint64_t Hash() const;
};

struct TargetList {
  std::vector<Target> targets;      // In order, without repetitions.
  uint64_t dropped = 0;             // By relabelling.
  std::vector<std::string> errors;  // Of those that are no target after relabelling, and why.
};

TargetList MakeTargets(const config::ScrapeConfig& config);

}  // namespace glint::scrape
