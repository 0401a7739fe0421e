// Where glint listens, for scripts that let it take free ports.
#pragma once

#include <string>

#include "base/status.h"

namespace glint::server {

struct Addresses {  // "127.0.0.1:9090"; empty where it is off.
  std::string listen;
  std::string otlp_grpc;
  std::string otlp_http;
};

// {"listen":...,"otlp_grpc":...,"otlp_http":...}, there as a whole or not at all.
// UNAVAILABLE: it cannot be written, and why.
Status WritePortFile(const std::string& path, const Addresses& addresses);

}  // namespace glint::server
