#include "codec/byte_reader.h"
#include "codec/span_block.h"
#include "codec/span_block_layout.h"

namespace glint::codec {
namespace {

using namespace span_block;  // NOLINT: the numbers of this format

// The least bytes that each takes: bounds what a damaged count may ask for.
constexpr size_t kMinSpanBytes = 13;
constexpr size_t kMinEventBytes = 4;
constexpr size_t kMinLinkBytes = 28;
constexpr size_t kMinResourceBytes = 3;
constexpr size_t kMinScopeBytes = 5;

class Decoder {
 public:
  explicit Decoder(std::string_view bytes) : size_(bytes.size()), in_(bytes) {}

  StatusOr<std::vector<model::ScopeSpans>> Run() {
    if (const uint8_t version = in_.U8(); version != kVersion) {
      return InvalidArgument("span block: version {}, known is {}", version, kVersion);
    }
    texts_.resize(in_.Count(1));
    for (std::string_view& text : texts_) text = in_.Text();
    if (!in_.ok()) return Damaged("texts");
    if (!GetShared()) return Damaged("resources, scopes or trace ids");

    std::vector<model::ScopeSpans> groups(in_.Count(3));
    for (model::ScopeSpans& group : groups) {
      const uint64_t resource = in_.Varint();
      const uint64_t scope = in_.Varint();
      if (!in_.ok() || resource >= resources_.size() || scope >= scopes_.size()) {
        return Damaged("groups");
      }
      group.resource = resources_[resource];
      group.scope = scopes_[scope];
      const size_t spans = in_.Count(kMinSpanBytes);
      for (size_t i = 0; i < spans && in_.ok(); ++i) group.spans.push_back(GetSpan());
      if (!in_.ok()) return Damaged("spans");
    }
    if (!in_.ok()) return Damaged("groups");
    if (in_.left() > 0) return InvalidArgument("span block: {} bytes too many", in_.left());
    return groups;
  }

 private:
  Status Damaged(std::string_view part) const {
    if (text_bytes_ > kMaxDecodedTextBytes) {
      return InvalidArgument("span block of {} bytes: more than {} bytes of text", size_,
                             kMaxDecodedTextBytes);
    }
    return InvalidArgument("span block of {} bytes: its {} are cut off or damaged", size_, part);
  }

  bool GetShared() {
    resources_.resize(in_.Count(kMinResourceBytes));
    for (auto& resource : resources_) {
      auto made = std::make_shared<model::Resource>();
      made->attributes = GetAttributes(0);
      made->dropped_attributes_count = in_.Varint32();
      made->schema_url = Text();
      resource = std::move(made);
    }
    scopes_.resize(in_.Count(kMinScopeBytes));
    for (auto& scope : scopes_) {
      auto made = std::make_shared<model::Scope>();
      made->name = Text();
      made->version = Text();
      made->attributes = GetAttributes(0);
      made->dropped_attributes_count = in_.Varint32();
      made->schema_url = Text();
      scope = std::move(made);
    }
    traces_.resize(in_.Count(16));
    for (model::TraceId& id : traces_) id = GetId<16>();
    return in_.ok();
  }

  template <size_t kBytes>
  model::Id<kBytes> GetId() {
    return model::Id<kBytes>::FromBytes(in_.Raw(kBytes)).value_or(model::Id<kBytes>());
  }

  std::string Text() {
    const uint64_t number = in_.Varint();
    if (number >= texts_.size()) {
      in_.Fail();
      return {};
    }
    text_bytes_ += texts_[number].size();
    if (text_bytes_ > kMaxDecodedTextBytes) {
      in_.Fail();
      return {};
    }
    return std::string(texts_[number]);
  }

  int32_t Enumerator() {
    const int64_t value = in_.SignedVarint();
    if (value < INT32_MIN || value > INT32_MAX) in_.Fail();
    return static_cast<int32_t>(value);
  }

  int64_t TimeFrom(int64_t base) {
    return static_cast<int64_t>(static_cast<uint64_t>(base) +
                                static_cast<uint64_t>(in_.SignedVarint()));
  }

  model::Span GetSpan() {
    model::Span span;
    const uint64_t trace = traces_.size() > 1 ? in_.Varint() : 0;
    if (trace >= traces_.size()) {
      in_.Fail();
      return span;
    }
    span.trace_id = traces_[trace];
    const uint8_t parts = in_.U8();
    span.span_id = GetId<8>();
    if ((parts & kParent) != 0) span.parent_span_id = GetId<8>();
    span.name = Text();
    span.kind = static_cast<model::SpanKind>(Enumerator());
    span.start_ns = TimeFrom(base_ns_);
    base_ns_ = span.start_ns;
    span.end_ns = TimeFrom(span.start_ns);
    if ((parts & kTraceState) != 0) span.trace_state = Text();
    if ((parts & kFlags) != 0) span.flags = in_.Varint32();
    if ((parts & kAttributes) != 0) span.attributes = GetAttributes(0);
    if ((parts & kEvents) != 0) GetEvents(span);
    if ((parts & kLinks) != 0) GetLinks(span);
    if ((parts & kStatus) != 0) {
      span.status_code = static_cast<model::SpanStatusCode>(Enumerator());
      span.status_message = Text();
    }
    if ((parts & kDropped) != 0) {
      span.dropped_attributes_count = in_.Varint32();
      span.dropped_events_count = in_.Varint32();
      span.dropped_links_count = in_.Varint32();
    }
    return span;
  }

  void GetEvents(model::Span& span) {
    const size_t count = in_.Count(kMinEventBytes);
    for (size_t i = 0; i < count && in_.ok(); ++i) {
      model::SpanEvent event;
      event.time_ns = TimeFrom(span.start_ns);
      event.name = Text();
      event.attributes = GetAttributes(0);
      event.dropped_attributes_count = in_.Varint32();
      span.events.push_back(std::move(event));
    }
  }

  void GetLinks(model::Span& span) {
    const size_t count = in_.Count(kMinLinkBytes);
    for (size_t i = 0; i < count && in_.ok(); ++i) {
      model::SpanLink link;
      link.trace_id = GetId<16>();
      link.span_id = GetId<8>();
      link.trace_state = Text();
      link.attributes = GetAttributes(0);
      link.dropped_attributes_count = in_.Varint32();
      link.flags = in_.Varint32();
      span.links.push_back(std::move(link));
    }
  }

  model::Attributes GetAttributes(int depth) {
    model::Attributes attributes;
    const size_t count = in_.Count(2);
    for (size_t i = 0; i < count && in_.ok(); ++i) {
      model::Attribute attribute;
      attribute.key = Text();
      attribute.value = GetValue(depth);
      attributes.push_back(std::move(attribute));
    }
    return attributes;
  }

  model::AttributeValue GetValue(int depth) {
    model::AttributeValue value;
    const uint8_t kind = in_.U8();
    switch (kind) {
      case kNone:
        return value;
      case kText:
        value.kind = Text();
        return value;
      case kFalse:
      case kTrue:
        value.kind = kind == kTrue;
        return value;
      case kInteger:
        value.kind = in_.SignedVarint();
        return value;
      case kDouble:
        value.kind = in_.Double();
        return value;
      case kBytes:
        value.kind = model::Bytes{Text()};
        return value;
      case kList:
        if (depth < kMaxValueDepth) {
          model::AttributeValue::List list;
          const size_t count = in_.Count(1);
          for (size_t i = 0; i < count && in_.ok(); ++i) list.push_back(GetValue(depth + 1));
          value.kind = std::move(list);
          return value;
        }
        break;
      case kMap:
        if (depth < kMaxValueDepth) {
          value.kind = GetAttributes(depth + 1);
          return value;
        }
        break;
      default:
        break;
    }
    in_.Fail();
    return value;
  }

  const size_t size_;
  ByteReader in_;
  std::vector<std::string_view> texts_;
  std::vector<std::shared_ptr<const model::Resource>> resources_;
  std::vector<std::shared_ptr<const model::Scope>> scopes_;
  std::vector<model::TraceId> traces_;
  model::TimeNs base_ns_ = 0;
  uint64_t text_bytes_ = 0;
};

}  // namespace

StatusOr<std::vector<model::ScopeSpans>> DecodeSpans(std::string_view bytes) {
  return Decoder(bytes).Run();
}

}  // namespace glint::codec
