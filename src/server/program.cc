#include "server/program.h"

#include <atomic>
#include <filesystem>
#include <optional>

#include "api/exemplars.h"
#include "api/prometheus_admin.h"
#include "api/prometheus_query.h"
#include "api/prometheus_series.h"
#include "api/status.h"
#include "api/targets.h"
#include "api/tempo.h"
#include "api/tsdb_status.h"
#include "base/clock.h"
#include "base/directory_lock.h"
#include "base/duration.h"
#include "base/version.h"
#include "config/prometheus_config.h"
#include "glint/registry.h"
#include "net/event_loop.h"
#include "net/grpc_server.h"
#include "net/http_server.h"
#include "pipeline/otlp_receiver.h"
#include "pipeline/remote_write_receiver.h"
#include "promql/engine.h"
#include "scrape/scraper.h"
#include "server/own_metrics.h"
#include "server/port_file.h"
#include "server/web_ui.h"
#include "tracedb/trace_store.h"
#include "tsdb/metric_store.h"

namespace glint::server {
namespace {

using std::chrono::milliseconds;

// From SIGTERM on: what is under way may end, the rest is cut off.
constexpr milliseconds kDrainPatience{5000};
constexpr std::string_view kClosed = "off";

StatusOr<int64_t> FlagDurationMs(std::string_view flag, const std::string& text) {
  const StatusOr<int64_t> ms = ParseDurationMs(text);
  if (!ms.ok()) return ms.status().At(flag);
  if (*ms <= 0) return InvalidArgument("{}: {} is no time at all", flag, text);
  return ms;
}

StatusOr<config::PrometheusConfig> LoadConfig(const std::string& path) {
  if (path.empty()) return config::PrometheusConfig();
  ASSIGN_OR_RETURN(config::PrometheusConfig config, config::LoadPrometheusConfig(path));
  for (const std::string& warning : config.warnings) LogWarn("config", "{}", warning);
  return config;
}

void LogDamage(std::string_view area, const std::vector<std::string>& damage) {
  for (const std::string& what : damage) LogError(area, "damaged, the rest is served: {}", what);
}

}  // namespace

// In the order in which they start; destroyed the other way round.
struct Program::Parts {
  explicit Parts(const ServeOptions& serve_options) : options(serve_options) {}

  const ServeOptions options;
  std::optional<DirectoryLock> lock;
  std::unique_ptr<tsdb::MetricStore> metrics;
  std::unique_ptr<tracedb::TraceStore> traces;
  std::unique_ptr<promql::Engine> engine;
  std::unique_ptr<pipeline::OtlpReceiver> receiver;
  std::unique_ptr<pipeline::RemoteWriteReceiver> remote_write;
  Registry registry;
  std::unique_ptr<net::EventLoop> loop;
  // One thread of its own: two would hand each request of a scrape to each other.
  std::unique_ptr<net::EventLoop> scrape_loop;
  std::unique_ptr<scrape::Scraper> scraper;
  std::atomic<bool> ready = false;
  std::unique_ptr<net::HttpServer> api;
  std::unique_ptr<net::HttpServer> otlp_http;
  std::unique_ptr<net::GrpcServer> otlp_grpc;

  Status OpenStores();
  Status StartApi(const QueryLimits& limits);
  Status StartOtlp();
  Addresses BoundAddresses() const;
};

Status Program::Parts::OpenStores() {
  ASSIGN_OR_RETURN(const int64_t retention_ms,
                   FlagDurationMs("--storage.retention", options.retention));
  ASSIGN_OR_RETURN(lock, DirectoryLock::Acquire(options.data));
  const std::filesystem::path folder = options.data;
  const wal::AckMode ack =
      options.ack == "written" ? wal::AckMode::kWritten : wal::AckMode::kSynced;

  tsdb::MetricStoreOptions metric_options;
  metric_options.folder = folder / "metrics";
  metric_options.retention_ms = retention_ms;
  metric_options.max_part_bytes = options.max_metric_mib << 20;
  ASSIGN_OR_RETURN(metric_options.out_of_order_ms,
                   FlagDurationMs("--storage.out-of-order", options.out_of_order));
  metric_options.ack = ack;
  ASSIGN_OR_RETURN(metrics, tsdb::MetricStore::Open(metric_options));
  LogDamage("tsdb", metrics->damage());

  tracedb::TraceStoreOptions trace_options;
  trace_options.folder = folder / "traces";
  trace_options.pins = metrics.get();
  trace_options.retention_ms = retention_ms;
  trace_options.max_bytes = options.max_trace_mib << 20;
  trace_options.ack = ack;
  ASSIGN_OR_RETURN(traces, tracedb::TraceStore::Open(trace_options));
  LogDamage("tracedb", traces->damage());
  return OkStatus();
}

Status Program::Parts::StartApi(const QueryLimits& limits) {
  net::HttpRouter router;
  api::RouteQueries(*engine, SystemClock(), limits, router);
  api::RouteSeries(*metrics, limits, router);
  api::RouteExemplars(*metrics, *traces, limits, router);
  api::RouteTempo(*traces, limits, router);
  api::RouteTargets(*scraper, router);
  remote_write->AddRoutes(router);
  api::RouteAdmin(options.enable_admin_api ? api::AdminApi::kEnabled : api::AdminApi::kDisabled,
                  metrics.get(), router);
  api::RouteTsdbStatus(*metrics, SystemClock(), limits, router);
  api::RouteWalReplay([this] { return metrics->Stats().log_segments; }, router);
  api::RouteStatus([this] { return ready.load(); }, router);
  RouteOwnMetrics(registry, router);
  RouteWebUi(EmbeddedFiles(), router);

  net::HttpServerOptions server;
  server.name = "api";
  server.address = options.listen;
  server.address_flag = "--listen";
  server.worker_threads = 8;
  ASSIGN_OR_RETURN(api, net::HttpServer::Start(*loop, server, std::move(router)));
  AddHttpMetrics("api", *api, registry);
  return OkStatus();
}

Status Program::Parts::StartOtlp() {
  if (options.otlp_http != kClosed) {
    net::HttpRouter router;
    receiver->AddRoutes(router);
    net::HttpServerOptions server;
    server.name = "otlp-http";
    server.address = options.otlp_http;
    server.address_flag = "--otlp-http";
    server.max_body_bytes = pipeline::kOtlpMaxBodyBytes;
    server.worker_threads = 8;
    ASSIGN_OR_RETURN(otlp_http, net::HttpServer::Start(*loop, server, std::move(router)));
    AddHttpMetrics("otlp_http", *otlp_http, registry);
  }
  if (options.otlp_grpc != kClosed) {
    net::GrpcServerOptions server;
    server.name = "otlp-grpc";
    server.address = options.otlp_grpc;
    server.address_flag = "--otlp-grpc";
    server.worker_threads = 8;
    ASSIGN_OR_RETURN(otlp_grpc, net::GrpcServer::Start(server, receiver->GrpcHandlers()));
  }
  return OkStatus();
}

Addresses Program::Parts::BoundAddresses() const {
  Addresses addresses;
  addresses.listen = api->address();
  if (otlp_grpc != nullptr) addresses.otlp_grpc = otlp_grpc->address();
  if (otlp_http != nullptr) addresses.otlp_http = otlp_http->address();
  return addresses;
}

Program::Program(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Program::~Program() = default;

StatusOr<std::unique_ptr<Program>> Program::Start(const ServeOptions& options) {
  QueryLimits limits;
  ASSIGN_OR_RETURN(const int64_t timeout_ms,
                   FlagDurationMs("--query.timeout", options.query_timeout));
  limits.timeout = milliseconds(timeout_ms);
  limits.max_samples = options.query_max_samples;
  limits.max_bytes = options.query_max_mib << 20;
  // Before anything is opened: a typo should cost nothing.
  ASSIGN_OR_RETURN(const config::PrometheusConfig config, LoadConfig(options.config));

  auto parts = std::make_unique<Parts>(options);
  RETURN_IF_ERROR(parts->OpenStores());
  parts->engine = std::make_unique<promql::Engine>(*parts->metrics);
  parts->receiver = std::make_unique<pipeline::OtlpReceiver>(*parts->metrics, *parts->traces);
  parts->remote_write = std::make_unique<pipeline::RemoteWriteReceiver>(*parts->metrics);
  parts->loop = std::make_unique<net::EventLoop>();
  parts->scrape_loop = std::make_unique<net::EventLoop>(1);
  scrape::ScraperOptions scraper_options;
  scraper_options.version = std::string(Version());
  parts->scraper =
      std::make_unique<scrape::Scraper>(*parts->scrape_loop, *parts->metrics, scraper_options);
  AddBuildMetrics(parts->registry);
  AddStoreMetrics(*parts->metrics, *parts->traces, parts->registry);
  AddOtlpMetrics(*parts->receiver, parts->registry);
  AddRemoteWriteMetrics(*parts->remote_write, parts->registry);
  AddScrapeMetrics(*parts->scraper, parts->registry);
  RETURN_IF_ERROR(parts->StartApi(limits));
  RETURN_IF_ERROR(parts->StartOtlp());
  RETURN_IF_ERROR(parts->scraper->Apply(config));
  parts->ready = true;

  const Addresses addresses = parts->BoundAddresses();
  LogInfo("server", "ready: API and UI on http://{}, OTLP on {} (gRPC) and {} (HTTP), data in {}",
          addresses.listen, addresses.otlp_grpc.empty() ? kClosed : addresses.otlp_grpc,
          addresses.otlp_http.empty() ? kClosed : addresses.otlp_http, options.data);
  if (!options.port_file.empty()) RETURN_IF_ERROR(WritePortFile(options.port_file, addresses));
  return std::unique_ptr<Program>(new Program(std::move(parts)));
}

void Program::Reload() {
  const std::string& path = parts_->options.config;
  if (path.empty()) {
    LogWarn("server", "SIGHUP: there is no --config to read again");
    return;
  }
  const StatusOr<config::PrometheusConfig> config = LoadConfig(path);
  if (!config.ok()) {
    LogError("server", "SIGHUP: the old configuration goes on: {}", config.status().message());
    return;
  }
  if (const Status applied = parts_->scraper->Apply(*config); !applied.ok()) {
    LogError("server", "SIGHUP: the old configuration goes on: {}", applied.message());
    return;
  }
  LogInfo("server", "SIGHUP: {} read again, {} jobs", path, config->scrape_configs.size());
}

void Program::Drain() {
  parts_->ready = false;
  parts_->scraper->Stop();
  if (parts_->otlp_grpc != nullptr) parts_->otlp_grpc->Drain(kDrainPatience);
  if (parts_->otlp_http != nullptr) parts_->otlp_http->Drain(kDrainPatience);
  parts_->api->Drain(kDrainPatience);
  parts_->traces->Shutdown();
  parts_->metrics->Shutdown();
}

}  // namespace glint::server
