// What `glint` was told on its command line, when it serves.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "base/log.h"

namespace CLI {
class App;
}

namespace glint::server {

struct ServeOptions {
  std::string listen = "127.0.0.1:9090";
  std::string otlp_grpc = "127.0.0.1:4317";
  std::string otlp_http = "127.0.0.1:4318";
  std::string data = "glint-data";
  std::string config;     // A prometheus.yml; empty: nothing is scraped.
  std::string port_file;  // Where the addresses are written once they are bound; empty: nowhere.

  std::string ack = "synced";  // or "written".
  std::string retention = "15d";
  std::string out_of_order = "1h";
  uint64_t max_metric_mib = 0;     // Disk for metrics; the oldest go first beyond it. 0: no limit.
  uint64_t max_trace_mib = 10240;  // Disk for spans; the oldest that nothing pins go first.

  std::string query_timeout = "2m";
  uint64_t query_max_samples = 50'000'000;
  uint64_t query_max_mib = 1024;

  bool enable_admin_api = false;  // Deletion and snapshots over HTTP.

  std::string log_level = "info";   // debug, info, warn, error
  std::string log_format = "text";  // or "json"
};

// Declares the flags on `app`; they are written into `options`, which outlives the parse.
void AddServeFlags(CLI::App& app, ServeOptions& options);

// Of options that were parsed, so that their words are known ones.
LogLevel LogLevelOf(const ServeOptions& options);
LogFormat LogFormatOf(const ServeOptions& options);

}  // namespace glint::server
