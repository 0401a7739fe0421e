#include <xxhash.h>

#include <unordered_map>

#include "codec/byte_writer.h"
#include "codec/span_block.h"
#include "codec/span_block_layout.h"

namespace glint::codec {
namespace {

using namespace span_block;  // NOLINT: the numbers of this format

// Text in place: for hashes, which must not depend on neighbours.
struct InlineText {
  void Put(std::string_view text, ByteWriter& out) { out.Text(text); }
};

// Text as its number in a table. Holds views: the encoded model outlives it.
struct TextTable {
  void Put(std::string_view text, ByteWriter& out) {
    const auto [entry, is_new] = numbers.try_emplace(text, numbers.size());
    if (is_new) order.push_back(text);
    out.Varint(entry->second);
  }
  std::unordered_map<std::string_view, uint64_t> numbers;
  std::vector<std::string_view> order;
};

template <typename Texts>
class Encoder {
 public:
  Encoder(Texts& texts, ByteWriter& out) : texts_(texts), out_(out) {}

  void Put(const model::Resource& resource) {
    Put(resource.attributes, 0);
    out_.Varint(resource.dropped_attributes_count);
    Text(resource.schema_url);
  }

  void Put(const model::Scope& scope) {
    Text(scope.name);
    Text(scope.version);
    Put(scope.attributes, 0);
    out_.Varint(scope.dropped_attributes_count);
    Text(scope.schema_url);
  }

  // Without the trace id. Times count from `base_ns`, in wrapping arithmetic.
  void Put(const model::Span& span, model::TimeNs base_ns) {
    const uint8_t parts = PartsOf(span);
    out_.U8(parts);
    out_.Raw(span.span_id.AsBytes());
    if ((parts & kParent) != 0) out_.Raw(span.parent_span_id.AsBytes());
    Text(span.name);
    out_.SignedVarint(static_cast<int32_t>(span.kind));
    Difference(span.start_ns, base_ns);
    Difference(span.end_ns, span.start_ns);
    if ((parts & kTraceState) != 0) Text(span.trace_state);
    if ((parts & kFlags) != 0) out_.Varint(span.flags);
    if ((parts & kAttributes) != 0) Put(span.attributes, 0);
    if ((parts & kEvents) != 0) PutEvents(span);
    if ((parts & kLinks) != 0) PutLinks(span);
    if ((parts & kStatus) != 0) {
      out_.SignedVarint(static_cast<int32_t>(span.status_code));
      Text(span.status_message);
    }
    if ((parts & kDropped) != 0) {
      out_.Varint(span.dropped_attributes_count);
      out_.Varint(span.dropped_events_count);
      out_.Varint(span.dropped_links_count);
    }
  }

 private:
  static uint8_t PartsOf(const model::Span& span) {
    const bool dropped = span.dropped_attributes_count != 0 || span.dropped_events_count != 0 ||
                         span.dropped_links_count != 0;
    const bool status =
        span.status_code != model::SpanStatusCode::kUnset || !span.status_message.empty();
    return static_cast<uint8_t>(
        (span.parent_span_id.IsZero() ? 0 : kParent) |
        (span.trace_state.empty() ? 0 : kTraceState) | (span.flags == 0 ? 0 : kFlags) |
        (span.attributes.empty() ? 0 : kAttributes) | (span.events.empty() ? 0 : kEvents) |
        (span.links.empty() ? 0 : kLinks) | (status ? kStatus : 0) | (dropped ? kDropped : 0));
  }

  void Text(std::string_view text) { texts_.Put(text, out_); }

  void Difference(int64_t value, int64_t base) {
    out_.SignedVarint(
        static_cast<int64_t>(static_cast<uint64_t>(value) - static_cast<uint64_t>(base)));
  }

  void PutEvents(const model::Span& span) {
    out_.Varint(span.events.size());
    for (const model::SpanEvent& event : span.events) {
      Difference(event.time_ns, span.start_ns);
      Text(event.name);
      Put(event.attributes, 0);
      out_.Varint(event.dropped_attributes_count);
    }
  }

  void PutLinks(const model::Span& span) {
    out_.Varint(span.links.size());
    for (const model::SpanLink& link : span.links) {
      out_.Raw(link.trace_id.AsBytes());
      out_.Raw(link.span_id.AsBytes());
      Text(link.trace_state);
      Put(link.attributes, 0);
      out_.Varint(link.dropped_attributes_count);
      out_.Varint(link.flags);
    }
  }

  void Put(const model::Attributes& attributes, int depth) {
    out_.Varint(attributes.size());
    for (const model::Attribute& attribute : attributes) {
      Text(attribute.key);
      Put(attribute.value, depth);
    }
  }

  void Put(const model::AttributeValue& value, int depth) {
    using List = model::AttributeValue::List;
    using Map = model::AttributeValue::Map;
    if (const auto* text = std::get_if<std::string>(&value.kind)) {
      out_.U8(kText);
      Text(*text);
    } else if (const auto* flag = std::get_if<bool>(&value.kind)) {
      out_.U8(*flag ? kTrue : kFalse);
    } else if (const auto* integer = std::get_if<int64_t>(&value.kind)) {
      out_.U8(kInteger);
      out_.SignedVarint(*integer);
    } else if (const auto* number = std::get_if<double>(&value.kind)) {
      out_.U8(kDouble);
      out_.Double(*number);
    } else if (const auto* bytes = std::get_if<model::Bytes>(&value.kind)) {
      out_.U8(kBytes);
      Text(bytes->data);
    } else if (const auto* list = std::get_if<List>(&value.kind); list && depth < kMaxValueDepth) {
      out_.U8(kList);
      out_.Varint(list->size());
      for (const model::AttributeValue& item : *list) Put(item, depth + 1);
    } else if (const auto* map = std::get_if<Map>(&value.kind); map && depth < kMaxValueDepth) {
      out_.U8(kMap);
      Put(*map, depth + 1);
    } else {
      out_.U8(kNone);
    }
  }

  Texts& texts_;
  ByteWriter& out_;
};

// Different things of one kind, numbered in order of appearance.
template <typename Key, typename Hash = std::hash<Key>>
class Numbered {
 public:
  uint64_t NumberOf(const Key& key) {
    const auto [entry, is_new] = numbers_.try_emplace(key, numbers_.size());
    if (is_new) order_.push_back(key);
    return entry->second;
  }
  const std::vector<Key>& order() const { return order_; }

 private:
  std::unordered_map<Key, uint64_t, Hash> numbers_;
  std::vector<Key> order_;
};

template <typename Put>
uint64_t HashOfBytes(const Put& put) {
  InlineText texts;
  ByteWriter out;
  Encoder<InlineText> encoder(texts, out);
  put(encoder);
  return XXH3_64bits(out.bytes().data(), out.size());
}

}  // namespace

std::string EncodeSpans(const std::vector<model::ScopeSpans>& groups) {
  TextTable texts;
  ByteWriter body;
  Encoder<TextTable> encoder(texts, body);

  // By address: equal ones at different addresses are written twice, which readers unite.
  Numbered<const model::Resource*> resources;
  Numbered<const model::Scope*> scopes;
  Numbered<model::TraceId, model::IdHash> traces;
  uint64_t group_count = 0;
  for (const model::ScopeSpans& group : groups) {
    if (group.spans.empty()) continue;
    ++group_count;
    resources.NumberOf(group.resource.get());
    scopes.NumberOf(group.scope.get());
    for (const model::Span& span : group.spans) traces.NumberOf(span.trace_id);
  }
  body.Varint(resources.order().size());
  for (const model::Resource* resource : resources.order()) encoder.Put(*resource);
  body.Varint(scopes.order().size());
  for (const model::Scope* scope : scopes.order()) encoder.Put(*scope);
  body.Varint(traces.order().size());
  for (const model::TraceId& id : traces.order()) body.Raw(id.AsBytes());

  body.Varint(group_count);
  model::TimeNs base_ns = 0;
  for (const model::ScopeSpans& group : groups) {
    if (group.spans.empty()) continue;
    body.Varint(resources.NumberOf(group.resource.get()));
    body.Varint(scopes.NumberOf(group.scope.get()));
    body.Varint(group.spans.size());
    for (const model::Span& span : group.spans) {
      if (traces.order().size() > 1) body.Varint(traces.NumberOf(span.trace_id));
      encoder.Put(span, base_ns);
      base_ns = span.start_ns;
    }
  }

  ByteWriter out;
  out.U8(kVersion);
  out.Varint(texts.order.size());
  for (const std::string_view text : texts.order) out.Text(text);
  out.Raw(body.bytes());
  return out.Take();
}

uint64_t ContentHash(const model::Resource& resource) {
  return HashOfBytes([&](auto& encoder) { encoder.Put(resource); });
}

uint64_t ContentHash(const model::Scope& scope) {
  return HashOfBytes([&](auto& encoder) { encoder.Put(scope); });
}

uint64_t ContentHash(const model::Span& span) {
  return HashOfBytes([&](auto& encoder) { encoder.Put(span, /*base_ns=*/0); });
}

}  // namespace glint::codec
