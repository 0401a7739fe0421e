// Sends finished spans somewhere. Called by one thread at a time.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "glint/span.h"

namespace glint {

struct ExportResult {
  enum class Outcome {
    kSent,
    kTryAgain,  // Nobody there, or too busy: the same spans may be sent later.
    kRefused,   // They never will be taken.
  };
  Outcome outcome = Outcome::kSent;
  std::string error;  // For people, where not kSent.
};

class SpanExporter {
 public:
  virtual ~SpanExporter() = default;

  // Bounded by the exporter's own timeout.
  virtual ExportResult Export(const std::vector<SpanData>& spans) = 0;

  // Where to, for messages.
  virtual std::string Destination() const = 0;
};

}  // namespace glint
