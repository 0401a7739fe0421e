// Starts spans for one service: what they come from, which are sampled, where they go.
//
//   auto options = glint::OtlpOptions::FromEnvironment();
//   auto exporter = std::make_unique<glint::OtlpHttpExporter>(options);
//   auto batches = std::make_shared<glint::BatchProcessor>(std::move(exporter));
//   auto sampler = glint::ParentBased(glint::TraceIdRatio(0.01));
//   const glint::Tracer tracer("cart", glint::Resource::FromEnvironment(), sampler, batches);
//
// Several tracers may share one processor. Thread-safe.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "glint/sampler.h"
#include "glint/span.h"

namespace glint {

// Takes finished, sampled spans. Implementations are thread-safe.
class SpanProcessor {
 public:
  virtual ~SpanProcessor() = default;

  // On the thread that ended the span: returns at once.
  virtual void OnEnd(SpanData&& span) = 0;
};

struct SpanOptions {
  SpanKind kind = SpanKind::kInternal;
  // Unset: the span that is current on this thread. An invalid one: a new trace.
  std::optional<SpanContext> parent = std::nullopt;
};

class Tracer {
 public:
  Tracer(std::string scope, Resource resource, std::shared_ptr<const Sampler> sampler,
         std::shared_ptr<SpanProcessor> processor);

  Span StartSpan(std::string_view name, const SpanOptions& options = {}) const;

 private:
  const std::shared_ptr<const std::string> scope_;
  const std::shared_ptr<const Resource> resource_;
  const std::shared_ptr<const Sampler> sampler_;
  const std::shared_ptr<SpanProcessor> processor_;
};

}  // namespace glint
