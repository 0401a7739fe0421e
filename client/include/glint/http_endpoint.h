// GET /metrics for a program that has no HTTP server of its own.
//
//   glint::HttpEndpoint endpoint(registry, {"127.0.0.1", 9464});
//   if (!endpoint.error().empty()) { ... }
//
// One thread, plain HTTP/1.1, for a handful of scrapers. A request that is too long, too slow or
// not a GET ends its connection with a status that says so.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "glint/registry.h"

namespace glint {

struct HttpEndpointOptions {
  std::string address = "127.0.0.1";
  uint16_t port = 0;  // 0: one that is free; see HttpEndpoint::port().
};

class HttpEndpoint {
 public:
  static constexpr size_t kMaxConnections = 64;    // More wait in the system's queue.
  static constexpr size_t kMaxRequest = 16 << 10;  // Head of a request, in bytes.
  static constexpr int kIdleSeconds = 60;          // Then a connection is closed.

  // Serves until it is destroyed. `registry` outlives it.
  HttpEndpoint(const Registry& registry, const HttpEndpointOptions& options);
  ~HttpEndpoint();

  // Why it does not serve ("127.0.0.1:9464: address already in use"), empty where it does.
  const std::string& error() const;
  uint16_t port() const;

 private:
  class Server;
  const std::unique_ptr<Server> server_;
};

}  // namespace glint
