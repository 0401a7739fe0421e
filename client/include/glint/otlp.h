// Where and how spans are sent by OTLP, as the standard environment variables say.
#pragma once

#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace glint {

struct OtlpOptions {
  enum class Protocol { kGrpc, kHttpProtobuf };

  Protocol protocol = Protocol::kGrpc;
  // http://HOST:PORT, for HTTP with the path: http://HOST:PORT/v1/traces.
  std::string endpoint;
  std::vector<std::pair<std::string, std::string>> headers;
  std::chrono::milliseconds timeout{10'000};

  // OTEL_EXPORTER_OTLP_{ENDPOINT,PROTOCOL,HEADERS,TIMEOUT} and, before them, the same with
  // OTEL_EXPORTER_OTLP_TRACES_. Defaults: grpc, http://localhost:4317; with http/protobuf
  // http://localhost:4318/v1/traces. A general endpoint gets /v1/traces, one for traces is as it
  // is.
  static OtlpOptions FromEnvironment(Protocol default_protocol = Protocol::kGrpc);
};

}  // namespace glint
