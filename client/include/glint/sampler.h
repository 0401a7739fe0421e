// Which traces are recorded and sent.
//
// The decision is made where a trace starts and carried by the sampled flag; ParentBased is what
// makes the services after the first keep to it.
//
// Immutable and thread-safe.
#pragma once

#include <memory>
#include <string>

#include "glint/span_context.h"

namespace glint {

class Sampler {
 public:
  virtual ~Sampler() = default;

  // `parent` is invalid for the first span of a trace.
  virtual bool ShouldSample(const SpanContext& parent, const TraceId& trace_id) const = 0;

  virtual std::string Description() const = 0;
};

std::shared_ptr<const Sampler> AlwaysOn();
std::shared_ptr<const Sampler> AlwaysOff();

// `ratio` (clamped to 0..1) of all traces, decided by the trace id alone as OpenTelemetry's Python
// SDK does: sampled if its last 8 bytes, big-endian, are below ratio * 2^64. So every process
// that sees the trace decides alike, and a larger ratio keeps all that a smaller one keeps.
std::shared_ptr<const Sampler> TraceIdRatio(double ratio);

// The parent's flag where there is a parent, else what `root` says.
std::shared_ptr<const Sampler> ParentBased(std::shared_ptr<const Sampler> root);

// OTEL_TRACES_SAMPLER (always_on, always_off, traceidratio, parentbased_... of each) and
// OTEL_TRACES_SAMPLER_ARG; `fallback` where the first is not set or not known.
std::shared_ptr<const Sampler> SamplerFromEnvironment(std::shared_ptr<const Sampler> fallback);

}  // namespace glint
