// A small HTTP/1.1 server: one thread for each connection, so that a handler may simply block.
//
// Bounded: kMaxConnections at once, further ones are answered 503; requests of kMaxBody bytes.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "http.h"

namespace glint::demo {

class HttpServer {
 public:
  static constexpr size_t kMaxConnections = 512;
  static constexpr size_t kMaxBody = 1 << 20;

  // Called on many threads at once.
  using Handler = std::function<HttpReply(const HttpRequest&)>;

  // Listens on 127.0.0.1; port 0 takes a free one. Serves once Start was called.
  explicit HttpServer(uint16_t port);
  ~HttpServer();  // As Stop.

  // Why it can't serve, empty where it can.
  const std::string& error() const;
  uint16_t port() const;

  void Start(Handler handler);

  // No new connections and no new requests; waits for those in hand to be answered.
  void Stop();

 private:
  class Listener;
  const std::unique_ptr<Listener> listener_;
};

}  // namespace glint::demo
