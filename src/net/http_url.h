// URLs of what we fetch: http and https. Thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/status.h"

namespace glint::net {

struct HttpUrl {
  bool https = false;
  std::string host;          // Without brackets.
  uint16_t port = 80;        // The scheme's own when the URL has none.
  std::string target = "/";  // Path and query, as sent.

  // Host and port as the Host header and a connection's name want it: the port is left out when it
  // is the scheme's own.
  std::string Authority() const;
  std::string ToString() const;
};

// INVALID_ARGUMENT: no http or https URL, no host, a bad port, user info, or blanks in it.
StatusOr<HttpUrl> ParseHttpUrl(std::string_view text);

// What a Location header means where `base` was asked: absolute, "//host/path", "/path" or
// relative to the path.
StatusOr<HttpUrl> ResolveLocation(const HttpUrl& base, std::string_view location);

}  // namespace glint::net
