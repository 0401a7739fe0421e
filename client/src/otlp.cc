#include "glint/otlp.h"

#include <cstdio>

#include "environment.h"

namespace glint {

OtlpOptions OtlpOptions::FromEnvironment(Protocol default_protocol) {
  using internal::Variable;
  const auto either = [](const std::string& name) {
    const std::string own = Variable(("OTEL_EXPORTER_OTLP_TRACES_" + name).c_str());
    return own.empty() ? Variable(("OTEL_EXPORTER_OTLP_" + name).c_str()) : own;
  };
  OtlpOptions options;
  options.protocol = default_protocol;
  const std::string protocol = either("PROTOCOL");
  if (protocol == "http/protobuf") {
    options.protocol = Protocol::kHttpProtobuf;
  } else if (protocol == "grpc") {
    options.protocol = Protocol::kGrpc;
  } else if (!protocol.empty()) {
    std::fprintf(stderr, "glint: OTEL_EXPORTER_OTLP_PROTOCOL=%s is not grpc or http/protobuf\n",
                 protocol.c_str());
  }
  const bool http = options.protocol == Protocol::kHttpProtobuf;
  options.endpoint = Variable("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT");
  if (options.endpoint.empty()) {
    options.endpoint = Variable("OTEL_EXPORTER_OTLP_ENDPOINT");
    if (options.endpoint.empty()) {
      options.endpoint = http ? "http://localhost:4318" : "http://localhost:4317";
    }
    if (http) {
      while (!options.endpoint.empty() && options.endpoint.back() == '/') {
        options.endpoint.pop_back();
      }
      options.endpoint += "/v1/traces";
    }
  }
  const bool own_headers = !Variable("OTEL_EXPORTER_OTLP_TRACES_HEADERS").empty();
  options.headers = internal::KeyValueVariable(own_headers ? "OTEL_EXPORTER_OTLP_TRACES_HEADERS"
                                                           : "OTEL_EXPORTER_OTLP_HEADERS");
  const bool own_timeout = !Variable("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT").empty();
  options.timeout = std::chrono::milliseconds(internal::IntegerVariable(
      own_timeout ? "OTEL_EXPORTER_OTLP_TRACES_TIMEOUT" : "OTEL_EXPORTER_OTLP_TIMEOUT", 1,
      3'600'000, options.timeout.count()));
  return options;
}

}  // namespace glint
