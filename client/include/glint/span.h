// Spans: the steps of a trace, from start to end.
//
//   glint::Span span = tracer.StartSpan("GET /cart", {glint::SpanKind::kServer, parent});
//   const glint::Scope scope(span);            // Current on this thread until the block ends.
//   span.SetAttribute("http.request.method", "GET");
//   latency->Observe(seconds);                 // Leaves this span as its exemplar.
//
// A span ends with End() or with its object, and is then handed to the tracer's processor if it was
// sampled. One that was not sampled still has ids to pass on; setting things on it does nothing.
//
// A Span is used by one thread at a time; a Scope stays on the thread that made it.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "glint/attribute.h"
#include "glint/resource.h"
#include "glint/span_context.h"

namespace glint {

class SpanProcessor;

// Numbered as in OTLP.
enum class SpanKind { kInternal = 1, kServer = 2, kClient = 3, kProducer = 4, kConsumer = 5 };
enum class SpanStatus { kUnset = 0, kOk = 1, kError = 2 };

struct SpanEvent {
  std::string name;
  int64_t time_ns = 0;
  Attributes attributes;
};

struct SpanLink {
  SpanContext context;
  Attributes attributes;
};

// A finished span, as processors and exporters see it.
struct SpanData {
  SpanContext context;
  SpanId parent_id;  // Invalid: the first of its trace in any process.
  bool parent_is_remote = false;
  std::string name;
  SpanKind kind = SpanKind::kInternal;
  int64_t start_ns = 0;  // Since the epoch.
  int64_t end_ns = 0;    // start_ns plus what a monotonic clock measured.
  Attributes attributes;
  std::vector<SpanEvent> events;
  std::vector<SpanLink> links;
  SpanStatus status = SpanStatus::kUnset;
  std::string status_message;
  // What the limits below kept out.
  uint32_t dropped_attributes = 0;
  uint32_t dropped_events = 0;
  uint32_t dropped_links = 0;

  std::shared_ptr<const Resource> resource;
  std::shared_ptr<const std::string> scope;  // The name of the tracer.
};

class Span {
 public:
  // At most so many of each on a span; more are counted and left out.
  static constexpr size_t kMaxAttributes = 128;
  static constexpr size_t kMaxEvents = 128;
  static constexpr size_t kMaxLinks = 128;

  // A span that is nothing: for a variable to be assigned later.
  Span() = default;
  Span(Span&&) = default;
  Span& operator=(Span&& other) noexcept;
  ~Span() { End(); }

  // What children and other processes refer to. Invalid for a default-constructed span.
  const SpanContext& context() const;

  // Whether anything set on it will be seen: it is sampled and has not ended.
  bool IsRecording() const;

  void SetAttribute(std::string_view key, AttributeValue value);
  void AddEvent(std::string_view name, Attributes attributes = {});
  void AddLink(const SpanContext& context, Attributes attributes = {});
  // kError with a message for people; kOk is final.
  void SetStatus(SpanStatus code, std::string_view message = "");
  void UpdateName(std::string_view name);

  // The second and later calls do nothing.
  void End();

 private:
  friend class Scope;
  friend class Tracer;
  struct State {
    SpanData data;
    bool recording = false;
    std::chrono::steady_clock::time_point started;
    std::shared_ptr<SpanProcessor> processor;
  };

  explicit Span(std::shared_ptr<State> state) : state_(std::move(state)) {}

  std::shared_ptr<State> state_;
};

// Makes a context the current one of this thread, and the one before it current again at its end.
// Scopes of a thread end in the reverse order of their start.
class Scope {
 public:
  explicit Scope(const Span& span);
  Scope(const Scope&) = delete;
  Scope& operator=(const Scope&) = delete;
  ~Scope() { internal::current_span_context = previous_; }

 private:
  const std::shared_ptr<Span::State> state_;  // The context outlives its Span.
  const SpanContext* const previous_;
};

}  // namespace glint
