// One instance of a service of the shop: an HTTP server on a port of its own, with its own
// resource, metrics and spans, that calls other services with W3C trace context.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "glint/batch_processor.h"
#include "glint/registry.h"
#include "glint/tracer.h"
#include "http_client.h"
#include "http_server.h"
#include "stop_signal.h"

namespace glint::demo {

struct Identity {
  std::string service;
  std::string region;
  std::string version;
};

// Who can be called. Filled before the first request, then only read.
class Directory {
 public:
  struct Entry {
    Identity identity;
    uint16_t port = 0;
    double share = 1;  // Of its service's requests in its region, against the others' shares.
  };

  void Add(Entry entry) { entries_.push_back(std::move(entry)); }
  const std::vector<Entry>& entries() const { return entries_; }

  // One of the instances, `point` in [0, 1) deciding by their shares; null where there is none.
  const Entry* Find(std::string_view service, std::string_view region, double point) const;

 private:
  std::vector<Entry> entries_;
};

class Service;

// A request that a service is answering.
class Visit {
 public:
  const HttpRequest& request;
  Span& span;  // The server's, current on this thread.
  const std::string customer_tier;

  // A client span and a request to a service of the same region. Status 0: it could not be reached.
  HttpReply Call(const std::string& service, const std::string& method, const std::string& target);

  // A child span of pretended work that takes about `median_ms`, at times far more.
  void Step(std::string_view name, SpanKind kind, double median_ms, const Attributes& attributes);

  // Uniform in [0, 1).
  double Random();

 private:
  friend class Service;
  Visit(const HttpRequest& request_in, Span& span_in, std::string tier, Service& service)
      : request(request_in), span(span_in), customer_tier(std::move(tier)), service_(service) {}

  Service& service_;
};

class Service {
 public:
  using Handler = std::function<HttpReply(Visit&)>;

  struct Options {
    uint16_t port = 0;
    uint64_t seed = 0;
    std::shared_ptr<const Sampler> sampler;
  };

  // `directory`, `client` and `stop` outlive it.
  Service(Identity identity, const Options& options, std::shared_ptr<BatchProcessor> spans,
          const Directory& directory, HttpClient& client, StopSignal& stop);

  const Identity& identity() const { return identity_; }
  const std::string& error() const { return server_.error(); }
  uint16_t port() const { return server_.port(); }
  Registry& registry() { return registry_; }

  // Answers `method` on `route` ("/products/{id}": a part in braces matches anything). Before
  // Start.
  void Handle(std::string method, std::string route, Handler handler);

  void Start();
  void Stop() { server_.Stop(); }

 private:
  friend class Visit;
  struct Route {
    std::string method;
    std::string pattern;
    Handler handler;
  };

  HttpReply Answer(const HttpRequest& request);
  HttpReply AnswerRoute(const Route* route, const HttpRequest& request);
  const Route* Match(const HttpRequest& request) const;
  double Random();
  double Normal();

  const Identity identity_;
  const Directory& directory_;
  HttpClient& client_;
  StopSignal& stop_;
  HttpServer server_;
  Registry registry_;
  const Tracer tracer_;
  Registry::HistogramFamily& durations_;
  const std::shared_ptr<Gauge> active_;
  std::vector<Route> routes_;

  std::mutex mutex_;  // Guards random_.
  std::mt19937_64 random_;
};

}  // namespace glint::demo
