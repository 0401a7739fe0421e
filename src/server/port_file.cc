#include "server/port_file.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>

#include "base/json_writer.h"

namespace glint::server {

Status WritePortFile(const std::string& path, const Addresses& addresses) {
  JsonWriter json;
  json.BeginObject().Key("listen").String(addresses.listen);
  json.Key("otlp_grpc").String(addresses.otlp_grpc);
  json.Key("otlp_http").String(addresses.otlp_http).EndObject();
  const std::string partial = path + ".partial";
  std::ofstream file(partial, std::ios::binary | std::ios::trunc);
  file << json.text() << "\n";
  file.close();
  if (!file || std::rename(partial.c_str(), path.c_str()) != 0) {
    return Unavailable("--port-file {}: {}", path, std::strerror(errno));
  }
  return OkStatus();
}

}  // namespace glint::server
