// "host:port" as flags, configuration and targets write it. Thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/status.h"

namespace glint::net {

struct HostPort {
  std::string host;  // Without brackets; empty means every interface (":9090").
  uint16_t port = 0;

  std::string ToString() const;  // An IPv6 host gets its brackets back.
};

// "127.0.0.1:9090", ":9090", "localhost:9090", "[::1]:9090".
// INVALID_ARGUMENT: no port, or one that is not 0 to 65535, or an IPv6 address without brackets.
StatusOr<HostPort> ParseHostPort(std::string_view text);

// What to tell a person when `address` cannot be listened on: `error` is an errno value, `flag`
// the option ("--listen") that chooses another address, empty when there is none.
Status ListenError(std::string_view what, const HostPort& address, int error,
                   std::string_view flag);

}  // namespace glint::net
