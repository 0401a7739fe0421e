// Where the demo can be scraped and visited, as files for others: a prometheus.yml, and what
// scripts wait for.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace glint::demo {

struct Target {
  std::string job;  // The service's name.
  uint16_t port = 0;
};

// A configuration that Prometheus and glint take. One job for each service.
std::string PrometheusYaml(const std::vector<Target>& targets, const std::string& interval);

// {"server": URL, "frontends": [URL...], "targets": [{"job": NAME, "target": HOST:PORT}...]}
std::string ReadyJson(uint16_t server_port, const std::vector<Target>& targets);

// Written beside and renamed, so that who waits for `path` never reads half of it. Empty: done.
std::string WriteWhole(const std::string& path, const std::string& text);

}  // namespace glint::demo
