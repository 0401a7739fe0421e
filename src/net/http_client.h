// Fetches over HTTP/1.1 and TLS: for scraping and for sending. Connections are kept and used
// again, one request at a time on each.
//
// Thread-safe.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "net/event_loop.h"
#include "net/http.h"

namespace glint::net {

struct HttpClientOptions {
  std::string ca_file;    // Empty: the system's certificates.
  std::string cert_file;  // Our own, when the server asks for one; both or none.
  std::string key_file;
  std::string server_name;  // Empty: the host of the URL.
  bool insecure_skip_verify = false;
  size_t max_idle_connections = 10'000;
  std::chrono::milliseconds idle_timeout{90'000};
};

struct HttpFetch {
  std::string method = "GET";
  std::string url;
  std::vector<NameValue> headers;  // Host, Content-Length and Connection are the client's.
  std::string body;
  std::chrono::milliseconds timeout{10'000};  // For all of it: name, redirects, body.
  uint64_t max_body_bytes = 64u << 20;        // As sent. Beyond: not read.
  uint64_t expected_body_bytes = 0;           // A guess: room for so many is made at once.
  int max_redirects = 10;                     // 0: a redirect is an answer like any other.
  std::stop_token stop;                       // CANCELLED when requested.
};

struct HttpFetched {
  int status = 0;
  std::vector<NameValue> headers;
  std::string body;  // As sent: Content-Encoding is the caller's (net/encoding.h).
  std::string url;   // The last one, after redirects.

  // The first header of that name, case ignored; empty when there is none.
  std::string_view Header(std::string_view name) const;
};

class HttpClient {
 public:
  using Done = std::function<void(StatusOr<HttpFetched>)>;

  // `loop` outlives the client.
  // INVALID_ARGUMENT: a certificate or key that cannot be read.
  static StatusOr<std::unique_ptr<HttpClient>> Make(EventLoop& loop, HttpClientOptions options);
  // Cancels what runs; returns when every `done` has returned. Not from one of them.
  ~HttpClient();

  // Calls `done` once, on the loop, so it must not block; if this is called there, perhaps before
  // it returns. Any status is an answer. The errors name the URL and what happened:
  // INVALID_ARGUMENT: the URL. UNAVAILABLE: name, connection or TLS. DEADLINE_EXCEEDED: timeout,
  // and what it was waiting for. RESOURCE_EXHAUSTED: "body size limit exceeded". DATA_LOSS: the
  // answer is not HTTP. FAILED_PRECONDITION: too many redirects. CANCELLED.
  void Fetch(HttpFetch fetch, Done done);

  // The same, waiting. Not on the loop.
  StatusOr<HttpFetched> FetchAndWait(HttpFetch fetch);

  struct State;  // http_exchange.h, for this directory only.

 private:
  explicit HttpClient(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;
};

}  // namespace glint::net
