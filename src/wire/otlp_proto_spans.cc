#include "base/escape.h"
#include "wire/otlp_fields.h"
#include "wire/otlp_proto_groups.h"
#include "wire/otlp_proto_reader.h"

namespace glint::wire {
namespace otlp {
namespace {

using protozero::pbf_reader;

// Of an id that has to be there. INVALID_ARGUMENT: another length, or all zero.
template <typename Id>
StatusOr<Id> ReadId(std::string_view bytes, std::string_view what) {
  const auto id = Id::FromBytes(bytes);
  if (!id) {
    return InvalidArgument("{} has {} bytes, expected {}", what, bytes.size(), sizeof(Id));
  }
  if (id->IsZero()) return InvalidArgument("{} is all zero", what);
  return *id;
}

Status ReadEvent(pbf_reader message, OtlpDecodeBudget& budget, model::SpanEvent& out) {
  while (message.next()) {
    switch (message.tag_and_type()) {
      case Fixed64(EventField::kTime):
        out.time_ns = GetTime(message);
        break;
      case Bytes(EventField::kName):
        out.name = GetText(message);
        break;
      case Bytes(EventField::kAttributes):
        RETURN_IF_ERROR(ReadAttribute(message, budget, out.attributes));
        break;
      case Varint(EventField::kDroppedAttributes):
        out.dropped_attributes_count = message.get_uint32();
        break;
      default:
        message.skip();
    }
  }
  return OkStatus();
}

// False: its ids are no ids, so it points nowhere.
StatusOr<bool> ReadLink(pbf_reader message, OtlpDecodeBudget& budget, model::SpanLink& out) {
  std::string_view trace_id;
  std::string_view span_id;
  while (message.next()) {
    switch (message.tag_and_type()) {
      case Bytes(LinkField::kTraceId):
        trace_id = GetView(message);
        break;
      case Bytes(LinkField::kSpanId):
        span_id = GetView(message);
        break;
      case Bytes(LinkField::kTraceState):
        out.trace_state = GetText(message);
        break;
      case Bytes(LinkField::kAttributes):
        RETURN_IF_ERROR(ReadAttribute(message, budget, out.attributes));
        break;
      case Varint(LinkField::kDroppedAttributes):
        out.dropped_attributes_count = message.get_uint32();
        break;
      case Fixed32(LinkField::kFlags):
        out.flags = message.get_fixed32();
        break;
      default:
        message.skip();
    }
  }
  const auto trace = ReadId<model::TraceId>(trace_id, "trace id");
  const auto span = ReadId<model::SpanId>(span_id, "span id");
  if (!trace.ok() || !span.ok()) return false;
  out.trace_id = *trace;
  out.span_id = *span;
  return true;
}

void ReadStatus(pbf_reader message, model::Span& out) {
  while (message.next()) {
    switch (message.tag_and_type()) {
      case Bytes(SpanStatusField::kMessage):
        out.status_message = GetText(message);
        break;
      case Varint(SpanStatusField::kCode):
        out.status_code = static_cast<model::SpanStatusCode>(message.get_enum());
        break;
      default:
        message.skip();
    }
  }
}

// INVALID_ARGUMENT, OUT_OF_RANGE: this span cannot be kept. RESOURCE_EXHAUSTED: the request.
Status ReadSpan(pbf_reader message, OtlpDecodeBudget& budget, model::Span& out) {
  std::string_view trace_id;
  std::string_view span_id;
  std::string_view parent_id;
  while (message.next()) {
    switch (message.tag_and_type()) {
      case Bytes(SpanField::kTraceId):
        trace_id = GetView(message);
        break;
      case Bytes(SpanField::kSpanId):
        span_id = GetView(message);
        break;
      case Bytes(SpanField::kTraceState):
        out.trace_state = GetText(message);
        break;
      case Bytes(SpanField::kParentSpanId):
        parent_id = GetView(message);
        break;
      case Bytes(SpanField::kName):
        out.name = GetText(message);
        break;
      case Varint(SpanField::kKind):
        out.kind = static_cast<model::SpanKind>(message.get_enum());
        break;
      case Fixed64(SpanField::kStart):
        out.start_ns = GetTime(message);
        break;
      case Fixed64(SpanField::kEnd):
        out.end_ns = GetTime(message);
        break;
      case Bytes(SpanField::kAttributes):
        RETURN_IF_ERROR(ReadAttribute(message, budget, out.attributes));
        break;
      case Varint(SpanField::kDroppedAttributes):
        out.dropped_attributes_count = message.get_uint32();
        break;
      case Bytes(SpanField::kEvents):
        RETURN_IF_ERROR(budget.Charge(sizeof(model::SpanEvent)));
        RETURN_IF_ERROR(ReadEvent(message.get_message(), budget, out.events.emplace_back()));
        break;
      case Varint(SpanField::kDroppedEvents):
        out.dropped_events_count = message.get_uint32();
        break;
      case Bytes(SpanField::kLinks): {
        RETURN_IF_ERROR(budget.Charge(sizeof(model::SpanLink)));
        model::SpanLink link;
        ASSIGN_OR_RETURN(const bool kept, ReadLink(message.get_message(), budget, link));
        if (kept) {
          out.links.push_back(std::move(link));
        } else {
          ++out.dropped_links_count;
        }
        break;
      }
      case Varint(SpanField::kDroppedLinks):
        out.dropped_links_count += message.get_uint32();
        break;
      case Bytes(SpanField::kStatus):
        ReadStatus(message.get_message(), out);
        break;
      case Fixed32(SpanField::kFlags):
        out.flags = message.get_fixed32();
        break;
      default:
        message.skip();
    }
  }
  ASSIGN_OR_RETURN(out.trace_id, ReadId<model::TraceId>(trace_id, "trace id"));
  ASSIGN_OR_RETURN(out.span_id, ReadId<model::SpanId>(span_id, "span id"));
  if (const auto parent = model::SpanId::FromBytes(parent_id)) {
    out.parent_span_id = *parent;
  } else if (!parent_id.empty()) {
    return InvalidArgument("parent span id has {} bytes, expected 8 or none", parent_id.size());
  }
  return OkStatus();
}

Status ReadScopeSpans(pbf_reader message, OtlpDecodeBudget& budget, model::ScopeSpans& out,
                      RefusedItems& refused) {
  while (message.next()) {
    if (message.tag_and_type() != Bytes(ScopeGroupField::kItems)) {
      message.skip();
      continue;
    }
    RETURN_IF_ERROR(budget.Charge(sizeof(model::Span)));
    const Status status = ReadSpan(message.get_message(), budget, out.spans.emplace_back());
    if (status.ok()) continue;
    if (status.code() == StatusCode::kResourceExhausted) return status;
    refused.Add(1,
                fmt::format("span `{}`: {}", Excerpt(out.spans.back().name, 40), status.message()));
    out.spans.pop_back();
  }
  return OkStatus();
}

}  // namespace
}  // namespace otlp

StatusOr<DecodedSpans> ReadOtlpSpansProto(std::string_view bytes) {
  return otlp::CatchBrokenWire("trace request", [&]() -> StatusOr<DecodedSpans> {
    OtlpDecodeBudget budget(bytes.size());
    DecodedSpans decoded;
    RETURN_IF_ERROR(otlp::ForEachScope(
        protozero::pbf_reader(bytes.data(), bytes.size()), budget,
        [&](protozero::pbf_reader message, std::shared_ptr<const model::Resource> resource,
            std::shared_ptr<const model::Scope> scope) {
          model::ScopeSpans group{std::move(resource), std::move(scope), {}};
          RETURN_IF_ERROR(otlp::ReadScopeSpans(message, budget, group, decoded.refused));
          if (!group.spans.empty()) decoded.batch.groups.push_back(std::move(group));
          return OkStatus();
        }));
    return decoded;
  });
}

}  // namespace glint::wire
