#include "glint/resource.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>

#include "environment.h"

namespace glint {
namespace {

std::string HostName() {
  char name[256] = "";
  if (gethostname(name, sizeof name - 1) != 0) return "";
  return name;
}

std::string ProgramName() {
  std::string name;
  std::ifstream("/proc/self/comm") >> name;
  return name;
}

}  // namespace

void Resource::Set(std::string key, AttributeValue value) {
  const auto same = std::find_if(attributes.begin(), attributes.end(),
                                 [&](const Attribute& a) { return a.key == key; });
  if (same != attributes.end()) {
    same->value = std::move(value);
  } else {
    attributes.push_back({std::move(key), std::move(value)});
  }
}

Resource Resource::Of(const Attributes& attributes) {
  Resource resource;
  resource.Set("telemetry.sdk.name", "glint");
  resource.Set("telemetry.sdk.language", "cpp");
  resource.Set("telemetry.sdk.version", GLINT_CLIENT_VERSION);
  resource.Set("process.pid", static_cast<int64_t>(getpid()));
  if (std::string host = HostName(); !host.empty()) resource.Set("host.name", std::move(host));
  for (const Attribute& attribute : attributes) resource.Set(attribute.key, attribute.value);
  return resource;
}

Resource Resource::FromEnvironment(const Attributes& defaults) {
  Resource resource = Of({});
  resource.Set("service.name", "unknown_service:" + ProgramName());
  for (const Attribute& attribute : defaults) resource.Set(attribute.key, attribute.value);
  for (auto& [key, value] : internal::KeyValueVariable("OTEL_RESOURCE_ATTRIBUTES")) {
    resource.Set(key, value);
  }
  if (std::string name = internal::Variable("OTEL_SERVICE_NAME"); !name.empty()) {
    resource.Set("service.name", std::move(name));
  }
  return resource;
}

}  // namespace glint
