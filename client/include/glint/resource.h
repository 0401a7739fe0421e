// What spans come from: the service, its instance, its host.
#pragma once

#include "glint/attribute.h"

namespace glint {

struct Resource {
  Attributes attributes;

  // Of equal keys the later wins.
  void Set(std::string key, AttributeValue value);

  // telemetry.sdk.*, process.pid, host.name; then `defaults`; then OTEL_RESOURCE_ATTRIBUTES; then
  // OTEL_SERVICE_NAME. Without a service.name from any of them it is unknown_service:PROGRAM.
  static Resource FromEnvironment(const Attributes& defaults = {});

  // The same without the environment variables: for one of several services in one process.
  static Resource Of(const Attributes& attributes);
};

}  // namespace glint
