#include "otlp_encoding.h"

#include <cstring>
#include <map>
#include <utility>

#include "utf8.h"

namespace glint::internal {
namespace {

// Field numbers of opentelemetry/proto, one table for each message.
namespace request {
constexpr uint32_t kResourceSpans = 1;
}
namespace resource_spans {
constexpr uint32_t kResource = 1, kScopeSpans = 2;
}
namespace resource {
constexpr uint32_t kAttributes = 1;
}
namespace scope_spans {
constexpr uint32_t kScope = 1, kSpans = 2;
}
namespace scope {
constexpr uint32_t kName = 1;
}
namespace span {
constexpr uint32_t kTraceId = 1, kSpanId = 2, kTraceState = 3, kParentSpanId = 4, kName = 5,
                   kKind = 6, kStart = 7, kEnd = 8, kAttributes = 9, kDroppedAttributes = 10,
                   kEvents = 11, kDroppedEvents = 12, kLinks = 13, kDroppedLinks = 14, kStatus = 15,
                   kFlags = 16;
}
namespace event {
constexpr uint32_t kTime = 1, kName = 2, kAttributes = 3;
}
namespace link {
constexpr uint32_t kTraceId = 1, kSpanId = 2, kTraceState = 3, kAttributes = 4, kFlags = 6;
}
namespace status {
constexpr uint32_t kMessage = 2, kCode = 3;
}
namespace key_value {
constexpr uint32_t kKey = 1, kValue = 2;
}
namespace any_value {
constexpr uint32_t kString = 1, kBool = 2, kInt = 3, kDouble = 4, kArray = 5;
}
namespace array_value {
constexpr uint32_t kValues = 1;
}

// Of a span's flags, above W3C's eight bits.
constexpr uint32_t kHasIsRemote = 0x100, kIsRemote = 0x200;

class Message {
 public:
  void Integer(uint32_t field, uint64_t value) {
    Tag(field, 0);
    Varint(value);
  }
  void NonZero(uint32_t field, uint64_t value) {
    if (value != 0) Integer(field, value);
  }
  void Fixed64(uint32_t field, uint64_t value) {
    Tag(field, 1);
    for (int i = 0; i < 8; ++i) bytes_.push_back(static_cast<char>(value >> (8 * i)));
  }
  void Fixed32(uint32_t field, uint32_t value) {
    Tag(field, 5);
    for (int i = 0; i < 4; ++i) bytes_.push_back(static_cast<char>(value >> (8 * i)));
  }
  void Double(uint32_t field, double value) {
    uint64_t bits;
    std::memcpy(&bits, &value, sizeof bits);
    Fixed64(field, bits);
  }
  void Bytes(uint32_t field, std::string_view value) {
    Tag(field, 2);
    Varint(value.size());
    bytes_.append(value);
  }
  void Text(uint32_t field, std::string_view value) { Bytes(field, ValidUtf8(value)); }
  void NonEmpty(uint32_t field, std::string_view value) {
    if (!value.empty()) Text(field, value);
  }
  void Nested(uint32_t field, const Message& value) { Bytes(field, value.bytes_); }

  std::string Take() { return std::move(bytes_); }

 private:
  void Tag(uint32_t field, uint32_t type) { Varint(uint64_t{field} << 3 | type); }
  void Varint(uint64_t value) {
    for (; value >= 0x80; value >>= 7) bytes_.push_back(static_cast<char>(value | 0x80));
    bytes_.push_back(static_cast<char>(value));
  }

  std::string bytes_;
};

std::string BigEndian(uint64_t value) {
  std::string bytes;
  for (int shift = 56; shift >= 0; shift -= 8) bytes.push_back(static_cast<char>(value >> shift));
  return bytes;
}

std::string BytesOf(const TraceId& id) { return BigEndian(id.high) + BigEndian(id.low); }
std::string BytesOf(const SpanId& id) { return BigEndian(id.value); }

struct ValueEncoder {
  Message& out;
  void operator()(bool value) const { out.Integer(any_value::kBool, value); }
  void operator()(int64_t value) const {
    out.Integer(any_value::kInt, static_cast<uint64_t>(value));
  }
  void operator()(double value) const { out.Double(any_value::kDouble, value); }
  void operator()(const std::string& value) const { out.Text(any_value::kString, value); }
  void operator()(const std::vector<std::string>& values) const {
    Message array;
    for (const std::string& value : values) {
      Message element;
      element.Text(any_value::kString, value);
      array.Nested(array_value::kValues, element);
    }
    out.Nested(any_value::kArray, array);
  }
};

void Encode(uint32_t field, const Attributes& attributes, Message& out) {
  for (const Attribute& attribute : attributes) {
    Message value;
    std::visit(ValueEncoder{value}, attribute.value.variant());
    Message pair;
    pair.Text(key_value::kKey, attribute.key);
    pair.Nested(key_value::kValue, value);
    out.Nested(field, pair);
  }
}

Message Encode(const SpanEvent& source) {
  Message out;
  out.Fixed64(event::kTime, static_cast<uint64_t>(source.time_ns));
  out.Text(event::kName, source.name);
  Encode(event::kAttributes, source.attributes, out);
  return out;
}

Message Encode(const SpanLink& source) {
  Message out;
  out.Bytes(link::kTraceId, BytesOf(source.context.trace_id));
  out.Bytes(link::kSpanId, BytesOf(source.context.span_id));
  out.NonEmpty(link::kTraceState, source.context.trace_state);
  Encode(link::kAttributes, source.attributes, out);
  out.Fixed32(link::kFlags,
              source.context.flags | kHasIsRemote | (source.context.remote ? kIsRemote : 0));
  return out;
}

Message Encode(const SpanData& source) {
  Message out;
  out.Bytes(span::kTraceId, BytesOf(source.context.trace_id));
  out.Bytes(span::kSpanId, BytesOf(source.context.span_id));
  out.NonEmpty(span::kTraceState, source.context.trace_state);
  if (source.parent_id.IsValid()) out.Bytes(span::kParentSpanId, BytesOf(source.parent_id));
  out.Text(span::kName, source.name);
  out.Integer(span::kKind, static_cast<uint64_t>(source.kind));
  out.Fixed64(span::kStart, static_cast<uint64_t>(source.start_ns));
  out.Fixed64(span::kEnd, static_cast<uint64_t>(source.end_ns));
  Encode(span::kAttributes, source.attributes, out);
  out.NonZero(span::kDroppedAttributes, source.dropped_attributes);
  for (const SpanEvent& one : source.events) out.Nested(span::kEvents, Encode(one));
  out.NonZero(span::kDroppedEvents, source.dropped_events);
  for (const SpanLink& one : source.links) out.Nested(span::kLinks, Encode(one));
  out.NonZero(span::kDroppedLinks, source.dropped_links);
  if (source.status != SpanStatus::kUnset) {
    Message state;
    state.NonEmpty(status::kMessage, source.status_message);
    state.Integer(status::kCode, static_cast<uint64_t>(source.status));
    out.Nested(span::kStatus, state);
  }
  out.Fixed32(span::kFlags,
              source.context.flags | kHasIsRemote | (source.parent_is_remote ? kIsRemote : 0));
  return out;
}

}  // namespace

std::string EncodeTraces(const std::vector<SpanData>& spans) {
  using Group = std::vector<std::pair<const std::string*, Message>>;
  std::vector<std::pair<const Resource*, Group>> resources;
  // Few of each, so they are found by looking along.
  const auto find = [](auto& list, auto* key) -> auto& {
    for (auto& entry : list) {
      if (entry.first == key) return entry.second;
    }
    list.emplace_back();
    list.back().first = key;
    return list.back().second;
  };
  for (const SpanData& source : spans) {
    Group& group = find(resources, source.resource.get());
    find(group, source.scope.get()).Nested(scope_spans::kSpans, Encode(source));
  }

  Message out;
  for (auto& [source_resource, group] : resources) {
    Message resource_message;
    if (source_resource != nullptr) {
      Encode(resource::kAttributes, source_resource->attributes, resource_message);
    }
    Message one;
    one.Nested(resource_spans::kResource, resource_message);
    for (auto& [name, spans_of_scope] : group) {
      Message scope_message;
      if (name != nullptr) scope_message.NonEmpty(scope::kName, *name);
      // Fields may come in any order; the spans are there already.
      spans_of_scope.Nested(scope_spans::kScope, scope_message);
      one.Nested(resource_spans::kScopeSpans, spans_of_scope);
    }
    out.Nested(request::kResourceSpans, one);
  }
  return out.Take();
}

}  // namespace glint::internal
