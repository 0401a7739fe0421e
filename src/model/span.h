// Spans, as OpenTelemetry defines them, and the batches in which they arrive.
// Source: OpenTelemetry trace.proto and resource.proto.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "model/attribute.h"
#include "model/ids.h"
#include "model/time.h"

namespace glint::model {

struct Resource {
  Attributes attributes;
  uint32_t dropped_attributes_count = 0;
  std::string schema_url;
  bool operator==(const Resource&) const = default;

  std::string_view service_name() const { return StringAttribute(attributes, "service.name"); }
};

struct Scope {
  std::string name;
  std::string version;
  Attributes attributes;
  uint32_t dropped_attributes_count = 0;
  std::string schema_url;
  bool operator==(const Scope&) const = default;
};

// Numbers as in trace.proto; one that is not listed is kept as it came.
enum class SpanKind : int32_t {
  kUnspecified = 0,
  kInternal = 1,
  kServer = 2,
  kClient = 3,
  kProducer = 4,
  kConsumer = 5,
};
enum class SpanStatusCode : int32_t { kUnset = 0, kOk = 1, kError = 2 };

struct SpanEvent {
  TimeNs time_ns = 0;
  std::string name;
  Attributes attributes;
  uint32_t dropped_attributes_count = 0;
  bool operator==(const SpanEvent&) const = default;
};

struct SpanLink {
  TraceId trace_id;
  SpanId span_id;
  std::string trace_state;
  Attributes attributes;
  uint32_t dropped_attributes_count = 0;
  uint32_t flags = 0;
  bool operator==(const SpanLink&) const = default;
};

struct Span {
  TraceId trace_id;  // Not zero: decoders refuse such spans.
  SpanId span_id;    // Not zero.
  SpanId parent_span_id;
  std::string trace_state;
  uint32_t flags = 0;
  std::string name;
  SpanKind kind = SpanKind::kUnspecified;
  TimeNs start_ns = 0;
  TimeNs end_ns = 0;
  Attributes attributes;
  uint32_t dropped_attributes_count = 0;
  std::vector<SpanEvent> events;
  uint32_t dropped_events_count = 0;
  std::vector<SpanLink> links;
  uint32_t dropped_links_count = 0;
  SpanStatusCode status_code = SpanStatusCode::kUnset;
  std::string status_message;
  bool operator==(const Span&) const = default;

  int64_t duration_ns() const { return end_ns > start_ns ? end_ns - start_ns : 0; }
};

// Spans of one resource and one scope, which they share with their neighbours.
struct ScopeSpans {
  std::shared_ptr<const Resource> resource;  // Never null.
  std::shared_ptr<const Scope> scope;        // Never null.
  std::vector<Span> spans;
};

// What one request brought. Moves; copying it is a mistake more often than not.
struct SpanBatch {
  std::vector<ScopeSpans> groups;

  size_t span_count() const {
    size_t count = 0;
    for (const ScopeSpans& group : groups) count += group.spans.size();
    return count;
  }
};

// All that is known of one trace: groups of equal resource and scope united, spans by start.
struct Trace {
  TraceId id;
  std::vector<ScopeSpans> groups;
};

}  // namespace glint::model
