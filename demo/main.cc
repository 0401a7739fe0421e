// glint-demo: the server of the original example, and a shop with an incident that comes and goes,
// both measured and traced with the client library.
#include <pthread.h>
#include <signal.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "glint/batch_processor.h"
#include "glint/otlp_grpc.h"
#include "incident.h"
#include "original_server.h"
#include "shop.h"
#include "targets.h"
#include "traffic.h"

namespace glint::demo {
namespace {

struct Flags {
  OriginalServerOptions server;
  ShopOptions shop;
  double rate = 20;
  long incident_first = 45, incident_on = 60, incident_off = 60;
  std::string otlp_endpoint;
  uint64_t seed = 0;
  std::string ready_file, config_file;
  std::string scrape_interval = "2s";
};

void AddFlags(CLI::App& app, Flags& flags) {
  app.add_option("--port", flags.server.port,
                 "Port of the original example's server; 0: a free one")
      ->capture_default_str();
  app.add_option("--sampling-ratio", flags.server.sampling_ratio,
                 "Share of that server's requests that are traced, unless their caller decided")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  app.add_option("--shop-port", flags.shop.first_port,
                 "First of the ports of the shop's instances; 0: free ones")
      ->capture_default_str();
  app.add_option("--shop-sampling-ratio", flags.shop.sampling_ratio,
                 "Share of the shop's requests that are traced")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  app.add_option("--rate", flags.rate, "Requests per second of the shop's customers; 0: none")
      ->check(CLI::Range(0.0, 1000.0))
      ->capture_default_str();
  const auto seconds = CLI::Range(0L, 86'400L);
  app.add_option("--incident-first", flags.incident_first,
                 "Seconds until the incident first begins")
      ->check(seconds)
      ->capture_default_str();
  app.add_option("--incident-on", flags.incident_on, "Seconds that it lasts; 0: no incident")
      ->check(seconds)
      ->capture_default_str();
  app.add_option("--incident-off", flags.incident_off, "Seconds until it comes again")
      ->check(seconds)
      ->capture_default_str();
  app.add_option("--otlp-endpoint", flags.otlp_endpoint,
                 "Where spans go, by gRPC: http://HOST:PORT. Default: as the OTEL_EXPORTER_OTLP_* "
                 "variables say, else http://localhost:4317");
  app.add_option("--seed", flags.seed, "Makes the random choices repeatable; 0: others each time")
      ->capture_default_str();
  app.add_option("--scrape-interval", flags.scrape_interval, "For --write-config")
      ->capture_default_str();
  app.add_option("--write-config", flags.config_file,
                 "Write a prometheus.yml with the demo's targets to this file");
  app.add_option("--ready-file", flags.ready_file,
                 "Write ports and targets to this file, as JSON, once all of it serves");
}

std::shared_ptr<BatchProcessor> MakeProcessor(const Flags& flags) {
  OtlpOptions otlp = OtlpOptions::FromEnvironment();
  if (!flags.otlp_endpoint.empty()) {
    otlp.endpoint = flags.otlp_endpoint;
    otlp.protocol = OtlpOptions::Protocol::kGrpc;
  }
  otlp.timeout = std::min(otlp.timeout, std::chrono::milliseconds(2000));
  BatchOptions batches = BatchOptions::FromEnvironment();
  // A dot should open as soon as it is seen.
  batches.delay = std::min(batches.delay, std::chrono::milliseconds(1000));
  // A span that is dropped leaves a dot that opens nothing; a minute of the default rate fits.
  batches.max_queue_size = std::max(batches.max_queue_size, size_t{16384});
  return std::make_shared<BatchProcessor>(MakeOtlpExporter(std::move(otlp)), batches);
}

int Fail(const std::string& error, const char* what_to_do) {
  std::fprintf(stderr, "glint-demo: %s. %s\n", error.c_str(), what_to_do);
  return 1;
}

std::vector<Target> Targets(const OriginalServer& server, const Shop& shop) {
  std::vector<Target> targets{{OriginalServer::kServiceName, server.port()}};
  for (const Directory::Entry& entry : shop.directory().entries()) {
    targets.push_back({entry.identity.service, entry.port});
  }
  return targets;
}

// Until SIGINT or SIGTERM, which every thread has blocked; says meanwhile how the incident goes.
void WaitForSignal(const sigset_t& signals, const Incident& incident) {
  bool was_active = false;
  for (;;) {
    const timespec second{1, 0};
    if (sigtimedwait(&signals, nullptr, &second) > 0) return;
    const bool active = incident.active();
    if (active != was_active) {
      std::printf(active ? "incident: payments v2 in eu-west is slow and refuses charges\n"
                         : "incident: over\n");
      std::fflush(stdout);
    }
    was_active = active;
  }
}

int Run(Flags& flags) {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  signal(SIGPIPE, SIG_IGN);

  if (flags.seed == 0) flags.seed = std::random_device()();
  flags.server.seed = flags.shop.seed = flags.seed;
  StopSignal stop;
  const Incident incident({std::chrono::seconds(flags.incident_first),
                           std::chrono::seconds(flags.incident_on),
                           std::chrono::seconds(flags.incident_off)});
  const std::shared_ptr<BatchProcessor> spans = MakeProcessor(flags);

  OriginalServer server(flags.server, spans, stop);
  if (!server.error().empty()) {
    return Fail(server.error(),
                "End what uses the port, or choose another with --port (0: a free "
                "one).");
  }
  Shop shop(flags.shop, incident, spans, stop);
  if (const std::string error = shop.error(); !error.empty()) {
    return Fail(error, "End what uses the port, or choose others with --shop-port (0: free ones).");
  }
  server.Start();
  shop.Start();
  const std::vector<Target> targets = Targets(server, shop);
  if (!flags.config_file.empty()) {
    const std::string yaml = PrometheusYaml(targets, flags.scrape_interval);
    if (const std::string error = WriteWhole(flags.config_file, yaml); !error.empty()) {
      return Fail(error, "Choose a file that can be written with --write-config.");
    }
  }
  std::printf("server    http://127.0.0.1:%u/  and  /metrics\n", unsigned{server.port()});
  for (const Directory::Entry& entry : shop.directory().entries()) {
    std::printf("%-9s http://127.0.0.1:%u/  %s %s\n", entry.identity.service.c_str(),
                unsigned{entry.port}, entry.identity.region.c_str(),
                entry.identity.version.c_str());
  }
  std::fflush(stdout);
  if (!flags.ready_file.empty()) {
    const std::string error = WriteWhole(flags.ready_file, ReadyJson(server.port(), targets));
    if (!error.empty()) return Fail(error, "Choose a file that can be written with --ready-file.");
  }

  Traffic traffic(flags.rate, flags.seed, shop.directory(), shop.client(), stop);
  WaitForSignal(signals, incident);
  stop.Stop();
  traffic.Join();
  server.Stop();
  shop.Stop();
  spans->Shutdown();
  return 0;
}

}  // namespace
}  // namespace glint::demo

int main(int argc, char** argv) {
  CLI::App app(
      "The original example's server, and a small shop with an incident that comes and goes: "
      "something to look at with glint.");
  glint::demo::Flags flags;
  glint::demo::AddFlags(app, flags);
  CLI11_PARSE(app, argc, argv);
  return glint::demo::Run(flags);
}
