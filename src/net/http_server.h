// Serves HTTP/1.1 from an HttpRouter: keep-alive, pipelining, limits on everything a client can
// make large or slow, and gzip of answers.
//
// Sockets live on the event loop; handlers run on a pool of the server's own, so they may block.
//
// Thread-safe.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "base/status.h"
#include "net/event_loop.h"
#include "net/http.h"

namespace glint::net {

struct HttpServerOptions {
  std::string name = "http";               // In errors and logs: "api", "otlp-http".
  std::string address = "127.0.0.1:9090";  // Port 0: any free one, see address().
  std::string address_flag;                // "--listen": named when the address is taken.
  uint64_t max_body_bytes = 20u << 20;     // Beyond: 413.
  uint32_t max_header_bytes = 64u << 10;   // Beyond: 431.
  size_t max_connections = 1024;           // Beyond: 503 and closed.
  size_t max_queued_requests = 1024;       // Waiting for a worker. Beyond: 503.
  int worker_threads = 4;
  std::chrono::milliseconds idle_timeout{120'000};    // Between two requests: closed.
  std::chrono::milliseconds request_timeout{30'000};  // For all of a request to arrive: 408.
  std::chrono::milliseconds write_timeout{30'000};    // For the client to take 64 KiB: closed.
};

// Totals since the start, but for the two that say "now".
struct HttpServerStats {
  uint64_t connections_now = 0;
  uint64_t requests_now = 0;
  uint64_t connections = 0;
  uint64_t connections_refused = 0;  // Over max_connections.
  uint64_t requests = 0;
  uint64_t requests_refused = 0;  // Malformed, too large, too slow, or no room in the queue.
};

class HttpServer {
 public:
  // Listens and serves. `loop` outlives the server.
  // INVALID_ARGUMENT: the address cannot be read or found. UNAVAILABLE, PERMISSION_DENIED: it
  // cannot be listened on; the message says why and what to do.
  static StatusOr<std::unique_ptr<HttpServer>> Start(EventLoop& loop, HttpServerOptions options,
                                                     HttpRouter router);
  ~HttpServer();  // Drain(0).

  // Where it listens, with the actual port: "127.0.0.1:9090".
  std::string address() const;
  HttpServerStats stats() const;

  // Takes no more connections, closes idle ones, lets running requests answer; what is not done
  // after `patience` has its stop token requested and its connection closed. Returns when all
  // handlers returned, so a handler that ignores its stop token delays this.
  void Drain(std::chrono::milliseconds patience);

  struct State;  // http_connection.h, for this directory only.

 private:
  explicit HttpServer(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;
};

}  // namespace glint::net
