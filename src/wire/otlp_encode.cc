#include "wire/otlp_encode.h"

#include <protozero/pbf_writer.hpp>

#include "wire/otlp_fields.h"
#include "wire/span_json.h"

namespace glint::wire {
namespace otlp {
namespace {

using protozero::pbf_writer;

void WriteBytes(pbf_writer& out, uint32_t field, std::string_view bytes) {
  out.add_bytes(field, bytes.data(), bytes.size());
}
// proto3 leaves out what has its default value.
void WriteText(pbf_writer& out, uint32_t field, std::string_view text) {
  if (!text.empty()) WriteBytes(out, field, text);
}
void WriteCount(pbf_writer& out, uint32_t field, uint32_t count) {
  if (count != 0) out.add_uint32(field, count);
}
void WriteTime(pbf_writer& out, uint32_t field, int64_t time_ns) {
  if (time_ns != 0) out.add_fixed64(field, static_cast<uint64_t>(time_ns));
}
template <typename Id>
void WriteId(pbf_writer& out, uint32_t field, const Id& id) {
  if (!id.IsZero()) WriteBytes(out, field, id.AsBytes());
}

// A pbf_writer takes a submessage back when nothing was written into it. Where being there says
// something, this puts it in.
void WriteEmptyMessage(pbf_writer& out, uint32_t field) { out.add_message(field, "", 0); }

void WriteAttributes(pbf_writer& out, uint32_t field, const model::Attributes& attributes);

struct ValueWriter {
  pbf_writer& out;

  void operator()(std::monostate) const {}
  void operator()(const std::string& text) const { WriteBytes(out, AnyValueField::kString, text); }
  void operator()(bool flag) const { out.add_bool(AnyValueField::kBool, flag); }
  void operator()(int64_t number) const { out.add_int64(AnyValueField::kInt, number); }
  void operator()(double number) const { out.add_double(AnyValueField::kDouble, number); }
  void operator()(const model::Bytes& bytes) const {
    WriteBytes(out, AnyValueField::kBytes, bytes.data);
  }
  void operator()(const model::AttributeValue::List& list) const {
    if (list.empty()) return WriteEmptyMessage(out, AnyValueField::kArray);
    pbf_writer array(out, AnyValueField::kArray);
    for (const model::AttributeValue& value : list) {
      if (std::holds_alternative<std::monostate>(value.kind)) {
        WriteEmptyMessage(array, ListField::kValues);
        continue;
      }
      pbf_writer element(array, ListField::kValues);
      std::visit(ValueWriter{element}, value.kind);
    }
  }
  void operator()(const model::AttributeValue::Map& map) const {
    if (map.empty()) return WriteEmptyMessage(out, AnyValueField::kKeyValueList);
    pbf_writer list(out, AnyValueField::kKeyValueList);
    WriteAttributes(list, ListField::kValues, map);
  }
};

void WriteAttributes(pbf_writer& out, uint32_t field, const model::Attributes& attributes) {
  for (const model::Attribute& attribute : attributes) {
    if (attribute == model::Attribute()) {
      WriteEmptyMessage(out, field);
      continue;
    }
    pbf_writer pair(out, field);
    WriteText(pair, KeyValueField::kKey, attribute.key);
    pbf_writer value(pair, KeyValueField::kValue);
    std::visit(ValueWriter{value}, attribute.value.kind);
  }
}

void WriteEvent(pbf_writer out, const model::SpanEvent& event) {
  WriteTime(out, EventField::kTime, event.time_ns);
  WriteText(out, EventField::kName, event.name);
  WriteAttributes(out, EventField::kAttributes, event.attributes);
  WriteCount(out, EventField::kDroppedAttributes, event.dropped_attributes_count);
}

void WriteLink(pbf_writer out, const model::SpanLink& link) {
  WriteId(out, LinkField::kTraceId, link.trace_id);
  WriteId(out, LinkField::kSpanId, link.span_id);
  WriteText(out, LinkField::kTraceState, link.trace_state);
  WriteAttributes(out, LinkField::kAttributes, link.attributes);
  WriteCount(out, LinkField::kDroppedAttributes, link.dropped_attributes_count);
  if (link.flags != 0) out.add_fixed32(LinkField::kFlags, link.flags);
}

void WriteSpan(pbf_writer out, const model::Span& span) {
  WriteId(out, SpanField::kTraceId, span.trace_id);
  WriteId(out, SpanField::kSpanId, span.span_id);
  WriteText(out, SpanField::kTraceState, span.trace_state);
  WriteId(out, SpanField::kParentSpanId, span.parent_span_id);
  WriteText(out, SpanField::kName, span.name);
  if (span.kind != model::SpanKind::kUnspecified) {
    out.add_enum(SpanField::kKind, static_cast<int32_t>(span.kind));
  }
  WriteTime(out, SpanField::kStart, span.start_ns);
  WriteTime(out, SpanField::kEnd, span.end_ns);
  WriteAttributes(out, SpanField::kAttributes, span.attributes);
  WriteCount(out, SpanField::kDroppedAttributes, span.dropped_attributes_count);
  for (const model::SpanEvent& event : span.events) {
    if (event == model::SpanEvent()) {
      WriteEmptyMessage(out, SpanField::kEvents);
    } else {
      WriteEvent(pbf_writer(out, SpanField::kEvents), event);
    }
  }
  WriteCount(out, SpanField::kDroppedEvents, span.dropped_events_count);
  for (const model::SpanLink& link : span.links) {
    WriteLink(pbf_writer(out, SpanField::kLinks), link);
  }
  WriteCount(out, SpanField::kDroppedLinks, span.dropped_links_count);
  {
    pbf_writer status(out, SpanField::kStatus);
    WriteText(status, SpanStatusField::kMessage, span.status_message);
    if (span.status_code != model::SpanStatusCode::kUnset) {
      status.add_enum(SpanStatusField::kCode, static_cast<int32_t>(span.status_code));
    }
  }
  if (span.flags != 0) out.add_fixed32(SpanField::kFlags, span.flags);
}

void WriteResource(pbf_writer out, const model::Resource& resource) {
  WriteAttributes(out, ResourceField::kAttributes, resource.attributes);
  WriteCount(out, ResourceField::kDroppedAttributes, resource.dropped_attributes_count);
}

void WriteScope(pbf_writer out, const model::Scope& scope) {
  WriteText(out, ScopeField::kName, scope.name);
  WriteText(out, ScopeField::kVersion, scope.version);
  WriteAttributes(out, ScopeField::kAttributes, scope.attributes);
  WriteCount(out, ScopeField::kDroppedAttributes, scope.dropped_attributes_count);
}

std::string EncodeSpans(std::span<const model::ScopeSpans> groups) {
  std::string bytes;
  pbf_writer out(bytes);
  for (size_t i = 0; i < groups.size();) {
    const size_t end = EndOfResource(groups, i);
    pbf_writer resource_group(out, RequestField::kResourceGroups);
    WriteResource(pbf_writer(resource_group, ResourceGroupField::kResource), *groups[i].resource);
    WriteText(resource_group, ResourceGroupField::kSchemaUrl, groups[i].resource->schema_url);
    for (; i < end; ++i) {
      pbf_writer scope_group(resource_group, ResourceGroupField::kScopeGroups);
      WriteScope(pbf_writer(scope_group, ScopeGroupField::kScope), *groups[i].scope);
      for (const model::Span& span : groups[i].spans) {
        WriteSpan(pbf_writer(scope_group, ScopeGroupField::kItems), span);
      }
      WriteText(scope_group, ScopeGroupField::kSchemaUrl, groups[i].scope->schema_url);
    }
  }
  return bytes;
}

}  // namespace
}  // namespace otlp

size_t EndOfResource(std::span<const model::ScopeSpans> groups, size_t i) {
  size_t end = i + 1;
  while (end < groups.size() && (groups[end].resource == groups[i].resource ||
                                 *groups[end].resource == *groups[i].resource)) {
    ++end;
  }
  return end;
}

std::string EncodeOtlpSpans(std::span<const model::ScopeSpans> groups, OtlpEncoding encoding) {
  if (encoding == OtlpEncoding::kJson) return SpansJson(groups, SpanJsonDialect::kOtlp);
  return otlp::EncodeSpans(groups);
}

}  // namespace glint::wire
