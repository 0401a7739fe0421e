// A registry as the text that Prometheus and its relatives scrape.
//
//   const glint::Exposition page = glint::Serialize(registry, request.header("Accept"));
//   reply.header("Content-Type", page.content_type);
//   reply.body(page.body);
//
// Exemplars exist in OpenMetrics only: a scraper that doesn't ask for it gets none.
#pragma once

#include <string>
#include <string_view>

#include "glint/registry.h"

namespace glint {

enum class ExpositionFormat {
  kText004,         // text/plain; version=0.0.4
  kOpenMetrics001,  // application/openmetrics-text; version=0.0.1, in content as 1.0.0
  kOpenMetrics100,  // application/openmetrics-text; version=1.0.0
};

// The format that `accept` (the value of the HTTP header) likes best by its q-values; between
// equals OpenMetrics. Text 0.0.4 where it is empty, asks for anything or for nothing we have.
ExpositionFormat NegotiateFormat(std::string_view accept);

struct Exposition {
  std::string content_type;
  std::string body;
};

// Families in order of registration, children by label values. Thread-safe.
Exposition Serialize(const Registry& registry, std::string_view accept);
Exposition Serialize(const Registry& registry, ExpositionFormat format);

}  // namespace glint
