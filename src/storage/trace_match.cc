#include "storage/trace_match.h"

#include <algorithm>
#include <string_view>

namespace glint::storage {
namespace {

std::string_view KindText(model::SpanKind kind) {
  switch (kind) {
    case model::SpanKind::kUnspecified:
      return "unspecified";
    case model::SpanKind::kInternal:
      return "internal";
    case model::SpanKind::kServer:
      return "server";
    case model::SpanKind::kClient:
      return "client";
    case model::SpanKind::kProducer:
      return "producer";
    case model::SpanKind::kConsumer:
      return "consumer";
  }
  return "";
}

std::string_view StatusText(model::SpanStatusCode code) {
  switch (code) {
    case model::SpanStatusCode::kUnset:
      return "unset";
    case model::SpanStatusCode::kOk:
      return "ok";
    case model::SpanStatusCode::kError:
      return "error";
  }
  return "";
}

bool HasValue(const model::Attributes& attributes, const SpanPredicate& predicate) {
  const model::AttributeValue* value = model::FindAttribute(attributes, predicate.key);
  return value != nullptr && model::AttributeText(*value) == predicate.value;
}

bool Holds(const SpanPredicate& predicate, const model::Resource& resource,
           const model::Span& span) {
  switch (predicate.field) {
    case SpanField::kSpanAttribute:
      return HasValue(span.attributes, predicate);
    case SpanField::kResourceAttribute:
      return HasValue(resource.attributes, predicate);
    case SpanField::kAnyAttribute:
      // The span's own hides the resource's.
      return model::FindAttribute(span.attributes, predicate.key) != nullptr
                 ? HasValue(span.attributes, predicate)
                 : HasValue(resource.attributes, predicate);
    case SpanField::kName:
      return span.name == predicate.value;
    case SpanField::kServiceName:
      return model::FindAttribute(resource.attributes, "service.name") != nullptr &&
             resource.service_name() == predicate.value;
    case SpanField::kKind:
      return KindText(span.kind) == predicate.value;
    case SpanField::kStatus:
      return StatusText(span.status_code) == predicate.value;
  }
  return false;
}

bool SpanIsEarlier(const model::Span& a, const model::Span& b) {
  return a.start_ns != b.start_ns ? a.start_ns < b.start_ns : a.span_id < b.span_id;
}

uint64_t BytesOf(const model::Attributes& attributes) {
  uint64_t bytes = 0;
  for (const model::Attribute& attribute : attributes) {
    bytes += sizeof attribute + attribute.key.size();
    if (const auto* text = std::get_if<std::string>(&attribute.value.kind)) bytes += text->size();
    if (const auto* raw = std::get_if<model::Bytes>(&attribute.value.kind)) {
      bytes += raw->data.size();
    }
    if (const auto* list = std::get_if<model::AttributeValue::List>(&attribute.value.kind)) {
      bytes += list->size() * sizeof(model::AttributeValue);
    }
    if (const auto* map = std::get_if<model::AttributeValue::Map>(&attribute.value.kind)) {
      bytes += BytesOf(*map);
    }
  }
  return bytes;
}

}  // namespace

model::Trace UniteTrace(const model::TraceId& id, std::vector<model::ScopeSpans> pieces) {
  model::Trace trace{.id = id};
  for (model::ScopeSpans& piece : pieces) {
    if (piece.spans.empty()) continue;
    const auto same = [](const auto& a, const auto& b) { return a == b || *a == *b; };
    const auto group = std::find_if(trace.groups.begin(), trace.groups.end(), [&](const auto& g) {
      return same(g.resource, piece.resource) && same(g.scope, piece.scope);
    });
    if (group == trace.groups.end()) {
      trace.groups.push_back(std::move(piece));
    } else {
      std::move(piece.spans.begin(), piece.spans.end(), std::back_inserter(group->spans));
    }
  }
  for (model::ScopeSpans& group : trace.groups) {
    std::stable_sort(group.spans.begin(), group.spans.end(), SpanIsEarlier);
  }
  std::stable_sort(trace.groups.begin(), trace.groups.end(), [](const auto& a, const auto& b) {
    return SpanIsEarlier(a.spans[0], b.spans[0]);
  });
  return trace;
}

bool Matches(const TraceQuery& query, const model::Resource& resource, const model::Span& span) {
  const model::TimeNs end_ns = std::max(span.start_ns, span.end_ns);
  return span.start_ns <= query.end_ns && end_ns >= query.start_ns &&
         span.duration_ns() >= query.min_duration_ns &&
         span.duration_ns() <= query.max_duration_ns &&
         std::all_of(query.predicates.begin(), query.predicates.end(),
                     [&](const SpanPredicate& p) { return Holds(p, resource, span); });
}

TraceSummary Summarize(const model::Trace& trace, const TraceQuery& query) {
  TraceSummary summary{.id = trace.id, .start_ns = INT64_MAX};
  model::TimeNs end_ns = INT64_MIN;
  const model::Span* root = nullptr;
  for (const model::ScopeSpans& group : trace.groups) {
    for (const model::Span& span : group.spans) {
      ++summary.span_count;
      summary.start_ns = std::min(summary.start_ns, span.start_ns);
      end_ns = std::max({end_ns, span.start_ns, span.end_ns});
      summary.matched_spans += Matches(query, *group.resource, span);
      const bool is_root = span.parent_span_id.IsZero();
      if (is_root && (root == nullptr || SpanIsEarlier(span, *root))) {
        root = &span;
        summary.root_service = group.resource->service_name();
        summary.root_name = span.name;
      }
    }
  }
  summary.duration_ns =
      static_cast<int64_t>(static_cast<uint64_t>(end_ns) - static_cast<uint64_t>(summary.start_ns));
  return summary;
}

bool IsNewer(const TraceSummary& a, const TraceSummary& b) {
  return a.start_ns != b.start_ns ? a.start_ns > b.start_ns : a.id < b.id;
}

uint64_t BytesOf(const std::vector<model::ScopeSpans>& groups) {
  uint64_t bytes = 0;
  for (const model::ScopeSpans& group : groups) {
    bytes += sizeof group + BytesOf(group.resource->attributes) + BytesOf(group.scope->attributes);
    for (const model::Span& span : group.spans) {
      bytes += sizeof span + span.name.size() + span.trace_state.size() +
               span.status_message.size() + BytesOf(span.attributes);
      for (const model::SpanEvent& event : span.events) {
        bytes += sizeof event + event.name.size() + BytesOf(event.attributes);
      }
      for (const model::SpanLink& link : span.links) {
        bytes += sizeof link + link.trace_state.size() + BytesOf(link.attributes);
      }
    }
  }
  return bytes;
}

}  // namespace glint::storage
