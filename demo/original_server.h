// The server of the original example: answers "/" after a Pareto-distributed time of pretended
// work, and counts how long that took in a histogram whose exemplars open the request's trace.
//
// Names and attributes are those that the original's Flask instrumentation gives.
#pragma once

#include <cstdint>
#include <memory>
#include <random>
#include <string>

#include "glint/batch_processor.h"
#include "glint/registry.h"
#include "glint/tracer.h"
#include "http_server.h"
#include "stop_signal.h"

namespace glint::demo {

struct OriginalServerOptions {
  uint16_t port = 8080;
  double sampling_ratio = 0.01;
  uint64_t seed = 0;
};

class OriginalServer {
 public:
  // Pareto's tail has no end; one request's work has.
  static constexpr double kMaxWorkSeconds = 60;
  static constexpr char kServiceName[] = "prometheus_exemplars";

  OriginalServer(const OriginalServerOptions& options, std::shared_ptr<BatchProcessor> spans,
                 StopSignal& stop);

  const std::string& error() const { return server_.error(); }
  uint16_t port() const { return server_.port(); }

  void Start();
  void Stop() { server_.Stop(); }

 private:
  HttpReply Answer(const HttpRequest& request);
  HttpReply AnswerRoot(const HttpRequest& request);
  void DoWork();
  double RandomSeconds();

  StopSignal& stop_;
  HttpServer server_;
  Registry registry_;
  const Tracer tracer_;
  const std::shared_ptr<Histogram> durations_;

  std::mutex mutex_;  // Guards random_.
  std::mt19937_64 random_;
};

}  // namespace glint::demo
