// Blocking HTTP/1.1 requests to servers on 127.0.0.1, over connections that are kept and shared.
//
// Thread-safe.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "http.h"

namespace glint::demo {

class HttpClient {
 public:
  static constexpr size_t kMaxIdlePerPort = 32;  // Further ones are closed after their reply.

  HttpClient();
  ~HttpClient();

  // Of a reply that did not come: status 0, and the reason as the body.
  HttpReply Send(uint16_t port, const HttpRequest& request);

 private:
  class Connection;
  std::unique_ptr<Connection> TakeIdle(uint16_t port);
  void KeepIdle(uint16_t port, std::unique_ptr<Connection> connection);

  std::mutex mutex_;  // Guards idle_.
  std::map<uint16_t, std::vector<std::unique_ptr<Connection>>> idle_;
};

}  // namespace glint::demo
