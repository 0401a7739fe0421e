#include "server/serve_options.h"

#include <CLI/CLI.hpp>

namespace glint::server {

void AddServeFlags(CLI::App& app, ServeOptions& options) {
  const auto network = [&](const char* flag, std::string& value, const char* help) {
    app.add_option(flag, value, help)
        ->type_name("HOST:PORT")
        ->capture_default_str()
        ->group("Network");
  };
  network("--listen", options.listen, "API and web UI; port 0 takes a free one");
  network("--otlp-grpc", options.otlp_grpc, "OTLP over gRPC; \"off\" closes it");
  network("--otlp-http", options.otlp_http, "OTLP over HTTP; \"off\" closes it");
  app.add_option("--port-file", options.port_file,
                 "Write the bound addresses here, as JSON, once requests are answered")
      ->type_name("FILE")
      ->group("Network");

  app.add_flag("--web.enable-admin-api", options.enable_admin_api,
               "Let whoever reaches the API delete series and take snapshots "
               "(/api/v1/admin/tsdb/...)")
      ->group("Network");

  app.add_option("--config", options.config,
                 "What to scrape: a prometheus.yml. Read again at SIGHUP")
      ->type_name("FILE");

  app.add_option("--data", options.data, "Where samples, exemplars and spans are kept")
      ->type_name("DIR")
      ->capture_default_str()
      ->group("Storage");
  app.add_option("--storage.ack", options.ack,
                 "When a write is acknowledged: synced survives power loss, written survives "
                 "kill -9")
      ->check(CLI::IsMember({"synced", "written"}))
      ->capture_default_str()
      ->group("Storage");
  app.add_option("--storage.retention", options.retention, "How long all of it is kept")
      ->type_name("DURATION")
      ->capture_default_str()
      ->group("Storage");
  app.add_option("--storage.out-of-order", options.out_of_order,
                 "How far behind the newest sample of its series one may come")
      ->type_name("DURATION")
      ->capture_default_str()
      ->group("Storage");
  app.add_option("--storage.max-metric-mib", options.max_metric_mib,
                 "Disk for samples and exemplars; beyond it the oldest go first. 0: no limit")
      ->type_name("MIB")
      ->check(CLI::Range(0, 1 << 24))
      ->capture_default_str()
      ->group("Storage");
  app.add_option("--storage.max-trace-mib", options.max_trace_mib,
                 "Disk for spans; beyond it the oldest go first, but not what an exemplar names")
      ->type_name("MIB")
      ->check(CLI::Range(16, 1 << 24))
      ->capture_default_str()
      ->group("Storage");

  app.add_option("--query.timeout", options.query_timeout, "How long one query may take")
      ->type_name("DURATION")
      ->capture_default_str()
      ->group("Query");
  app.add_option("--query.max-samples", options.query_max_samples,
                 "How many samples one query may hold")
      ->capture_default_str()
      ->group("Query");
  app.add_option("--query.max-mib", options.query_max_mib, "How much memory one query may hold")
      ->type_name("MIB")
      ->capture_default_str()
      ->group("Query");

  app.add_option("--log-level", options.log_level, "The least that is worth a line")
      ->check(CLI::IsMember({"debug", "info", "warn", "error"}))
      ->capture_default_str()
      ->group("Log");
  app.add_option("--log-format", options.log_format, "text for people, json for machines")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str()
      ->group("Log");
}

LogLevel LogLevelOf(const ServeOptions& options) {
  if (options.log_level == "debug") return LogLevel::kDebug;
  if (options.log_level == "warn") return LogLevel::kWarn;
  return options.log_level == "error" ? LogLevel::kError : LogLevel::kInfo;
}

LogFormat LogFormatOf(const ServeOptions& options) {
  return options.log_format == "json" ? LogFormat::kJson : LogFormat::kText;
}

}  // namespace glint::server
