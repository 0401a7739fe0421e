#include "wire/span_json.h"

#include <cmath>

#include "base/base64.h"
#include "base/json_writer.h"
#include "wire/otlp_encode.h"

namespace glint::wire {
namespace {

constexpr std::string_view kKindNames[] = {"SPAN_KIND_UNSPECIFIED", "SPAN_KIND_INTERNAL",
                                           "SPAN_KIND_SERVER",      "SPAN_KIND_CLIENT",
                                           "SPAN_KIND_PRODUCER",    "SPAN_KIND_CONSUMER"};
constexpr std::string_view kStatusNames[] = {"STATUS_CODE_UNSET", "STATUS_CODE_OK",
                                             "STATUS_CODE_ERROR"};

class SpanJsonWriter {
 public:
  explicit SpanJsonWriter(SpanJsonDialect dialect) : tempo_(dialect == SpanJsonDialect::kTempo) {}

  std::string Write(std::span<const model::ScopeSpans> groups) {
    json_.BeginObject().Key(tempo_ ? "batches" : "resourceSpans").BeginArray();
    for (size_t i = 0; i < groups.size();) {
      const size_t end = EndOfResource(groups, i);
      json_.BeginObject().Key("resource");
      WriteResource(*groups[i].resource);
      WriteText("schemaUrl", groups[i].resource->schema_url);
      json_.Key("scopeSpans").BeginArray();
      for (; i < end; ++i) WriteScopeSpans(groups[i]);
      json_.EndArray().EndObject();
    }
    json_.EndArray().EndObject();
    return json_.Take();
  }

 private:
  void WriteText(std::string_view key, std::string_view text) {
    if (!text.empty()) json_.Key(key).String(text);
  }
  void WriteCount(std::string_view key, uint32_t count) {
    if (count != 0) json_.Key(key).Uint(count);
  }
  void WriteTime(std::string_view key, int64_t time_ns) {
    if (time_ns != 0 || !tempo_) json_.Key(key).String(std::to_string(time_ns));
  }
  template <typename Id>
  void WriteId(std::string_view key, const Id& id) {
    if (id.IsZero()) return;
    json_.Key(key).String(tempo_ ? Base64Encode(id.AsBytes()) : id.ToHex());
  }
  template <size_t kCount>
  void WriteEnum(std::string_view key, int32_t value, const std::string_view (&names)[kCount]) {
    if (value == 0) return;
    json_.Key(key);
    if (tempo_ && value > 0 && static_cast<size_t>(value) < kCount) {
      json_.String(names[value]);
    } else {
      json_.Int(value);
    }
  }

  void WriteDouble(double number) {
    if (std::isnan(number)) {
      json_.String("NaN");
    } else if (std::isinf(number)) {
      json_.String(number > 0 ? "Infinity" : "-Infinity");
    } else {
      json_.Double(number);
    }
  }

  void WriteValue(const model::AttributeValue& value) {
    json_.BeginObject();
    std::visit([this](const auto& kind) { WriteKind(kind); }, value.kind);
    json_.EndObject();
  }
  void WriteKind(std::monostate) {}
  void WriteKind(const std::string& text) { json_.Key("stringValue").String(text); }
  void WriteKind(bool flag) { json_.Key("boolValue").Bool(flag); }
  void WriteKind(int64_t number) { json_.Key("intValue").String(std::to_string(number)); }
  void WriteKind(double number) {
    json_.Key("doubleValue");
    WriteDouble(number);
  }
  void WriteKind(const model::Bytes& bytes) {
    json_.Key("bytesValue").String(Base64Encode(bytes.data));
  }
  void WriteKind(const model::AttributeValue::List& list) {
    json_.Key("arrayValue").BeginObject().Key("values").BeginArray();
    for (const model::AttributeValue& value : list) WriteValue(value);
    json_.EndArray().EndObject();
  }
  void WriteKind(const model::AttributeValue::Map& map) {
    json_.Key("kvlistValue").BeginObject().Key("values").BeginArray();
    for (const model::Attribute& attribute : map) WriteAttribute(attribute);
    json_.EndArray().EndObject();
  }

  void WriteAttribute(const model::Attribute& attribute) {
    json_.BeginObject().Key("key").String(attribute.key).Key("value");
    WriteValue(attribute.value);
    json_.EndObject();
  }
  void WriteAttributes(const model::Attributes& attributes) {
    if (attributes.empty()) return;
    json_.Key("attributes").BeginArray();
    for (const model::Attribute& attribute : attributes) WriteAttribute(attribute);
    json_.EndArray();
  }

  void WriteResource(const model::Resource& resource) {
    json_.BeginObject();
    WriteAttributes(resource.attributes);
    WriteCount("droppedAttributesCount", resource.dropped_attributes_count);
    json_.EndObject();
  }

  void WriteScopeSpans(const model::ScopeSpans& group) {
    json_.BeginObject().Key("scope").BeginObject();
    WriteText("name", group.scope->name);
    WriteText("version", group.scope->version);
    WriteAttributes(group.scope->attributes);
    WriteCount("droppedAttributesCount", group.scope->dropped_attributes_count);
    json_.EndObject();
    WriteText("schemaUrl", group.scope->schema_url);
    json_.Key("spans").BeginArray();
    for (const model::Span& span : group.spans) WriteSpan(span);
    json_.EndArray().EndObject();
  }

  void WriteSpan(const model::Span& span) {
    json_.BeginObject();
    WriteId("traceId", span.trace_id);
    WriteId("spanId", span.span_id);
    WriteText("traceState", span.trace_state);
    WriteId("parentSpanId", span.parent_span_id);
    WriteCount("flags", span.flags);
    WriteText("name", span.name);
    WriteEnum("kind", static_cast<int32_t>(span.kind), kKindNames);
    WriteTime("startTimeUnixNano", span.start_ns);
    WriteTime("endTimeUnixNano", span.end_ns);
    WriteAttributes(span.attributes);
    WriteCount("droppedAttributesCount", span.dropped_attributes_count);
    if (!span.events.empty()) WriteEvents(span.events);
    WriteCount("droppedEventsCount", span.dropped_events_count);
    if (!span.links.empty()) WriteLinks(span.links);
    WriteCount("droppedLinksCount", span.dropped_links_count);
    json_.Key("status").BeginObject();
    WriteText("message", span.status_message);
    WriteEnum("code", static_cast<int32_t>(span.status_code), kStatusNames);
    json_.EndObject().EndObject();
  }

  void WriteEvents(const std::vector<model::SpanEvent>& events) {
    json_.Key("events").BeginArray();
    for (const model::SpanEvent& event : events) {
      json_.BeginObject();
      WriteTime("timeUnixNano", event.time_ns);
      WriteText("name", event.name);
      WriteAttributes(event.attributes);
      WriteCount("droppedAttributesCount", event.dropped_attributes_count);
      json_.EndObject();
    }
    json_.EndArray();
  }

  void WriteLinks(const std::vector<model::SpanLink>& links) {
    json_.Key("links").BeginArray();
    for (const model::SpanLink& link : links) {
      json_.BeginObject();
      WriteId("traceId", link.trace_id);
      WriteId("spanId", link.span_id);
      WriteText("traceState", link.trace_state);
      WriteAttributes(link.attributes);
      WriteCount("droppedAttributesCount", link.dropped_attributes_count);
      WriteCount("flags", link.flags);
      json_.EndObject();
    }
    json_.EndArray();
  }

  const bool tempo_;
  JsonWriter json_;
};

}  // namespace

std::string SpansJson(std::span<const model::ScopeSpans> groups, SpanJsonDialect dialect) {
  return SpanJsonWriter(dialect).Write(groups);
}

}  // namespace glint::wire
