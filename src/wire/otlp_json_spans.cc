#include "base/escape.h"
#include "wire/otlp_json_groups.h"
#include "wire/otlp_json_reader.h"

namespace glint::wire {
namespace otlp {
namespace {

Status ReadEvent(const JsonValue& value, OtlpDecodeBudget& budget, model::SpanEvent& out) {
  return ForEachMember(value, "event", [&](std::string_view key, const JsonValue& member) {
    if (key == "attributes") return ReadAttributes(member, budget, out.attributes);
    if (key == "timeUnixNano") {
      ASSIGN_OR_RETURN(out.time_ns, ReadTime(member, key));
    } else if (key == "name") {
      ASSIGN_OR_RETURN(out.name, ReadText(member, key));
    } else if (key == "droppedAttributesCount") {
      ASSIGN_OR_RETURN(out.dropped_attributes_count, ReadUint32(member, key));
    }
    return OkStatus();
  });
}

// Its ids stay zero when they are no ids: then it points nowhere.
Status ReadLink(const JsonValue& value, OtlpDecodeBudget& budget, model::SpanLink& out) {
  return ForEachMember(value, "link", [&](std::string_view key, const JsonValue& member) {
    if (key == "attributes") return ReadAttributes(member, budget, out.attributes);
    if (key == "traceId") {
      out.trace_id = ReadHexId<model::TraceId>(member).value_or(model::TraceId());
    } else if (key == "spanId") {
      out.span_id = ReadHexId<model::SpanId>(member).value_or(model::SpanId());
    } else if (key == "traceState") {
      ASSIGN_OR_RETURN(out.trace_state, ReadText(member, key));
    } else if (key == "droppedAttributesCount") {
      ASSIGN_OR_RETURN(out.dropped_attributes_count, ReadUint32(member, key));
    } else if (key == "flags") {
      ASSIGN_OR_RETURN(out.flags, ReadUint32(member, key));
    }
    return OkStatus();
  });
}

Status ReadStatus(const JsonValue& value, model::Span& out) {
  return ForEachMember(value, "status", [&](std::string_view key, const JsonValue& member) {
    if (key == "message") {
      ASSIGN_OR_RETURN(out.status_message, ReadText(member, key));
    } else if (key == "code") {
      ASSIGN_OR_RETURN(const int32_t code,
                       ReadEnum(member, key, "STATUS_CODE_", {"UNSET", "OK", "ERROR"}));
      out.status_code = static_cast<model::SpanStatusCode>(code);
    }
    return OkStatus();
  });
}

// Why a span that could be read cannot be kept; empty when it can.
struct SpanFault {
  std::string reason;

  template <typename Id>
  void ReadId(const JsonValue& value, std::string_view what, Id& out) {
    const auto id = ReadHexId<Id>(value);
    if (id) {
      out = *id;
    } else if (reason.empty()) {
      reason = fmt::format("{} is {}, expected {} hex digits", what,
                           value.IsString() ? "`" + Excerpt(Text(value), 40) + "`" : "no string",
                           2 * sizeof(Id));
    }
  }
};

Status ReadLinks(const JsonValue& value, OtlpDecodeBudget& budget, model::Span& out) {
  return ForEachElement(value, "links", [&](const JsonValue& element) {
    RETURN_IF_ERROR(budget.Charge(sizeof(model::SpanLink)));
    model::SpanLink link;
    RETURN_IF_ERROR(ReadLink(element, budget, link));
    if (link.trace_id.IsZero() || link.span_id.IsZero()) {
      ++out.dropped_links_count;
    } else {
      out.links.push_back(std::move(link));
    }
    return OkStatus();
  });
}

Status ReadSpan(const JsonValue& value, OtlpDecodeBudget& budget, model::Span& out,
                SpanFault& fault) {
  RETURN_IF_ERROR(ForEachMember(value, "span", [&](std::string_view key, const JsonValue& member) {
    if (key == "attributes") return ReadAttributes(member, budget, out.attributes);
    if (key == "links") return ReadLinks(member, budget, out);
    if (key == "status") return ReadStatus(member, out);
    if (key == "events") {
      return ForEachElement(member, key, [&](const JsonValue& element) {
        RETURN_IF_ERROR(budget.Charge(sizeof(model::SpanEvent)));
        return ReadEvent(element, budget, out.events.emplace_back());
      });
    }
    if (key == "traceId") {
      fault.ReadId(member, "trace id", out.trace_id);
    } else if (key == "spanId") {
      fault.ReadId(member, "span id", out.span_id);
    } else if (key == "parentSpanId") {
      fault.ReadId(member, "parent span id", out.parent_span_id);
    } else if (key == "traceState") {
      ASSIGN_OR_RETURN(out.trace_state, ReadText(member, key));
    } else if (key == "name") {
      ASSIGN_OR_RETURN(out.name, ReadText(member, key));
    } else if (key == "kind") {
      ASSIGN_OR_RETURN(const int32_t kind, ReadEnum(member, key, "SPAN_KIND_",
                                                    {"UNSPECIFIED", "INTERNAL", "SERVER", "CLIENT",
                                                     "PRODUCER", "CONSUMER"}));
      out.kind = static_cast<model::SpanKind>(kind);
    } else if (key == "startTimeUnixNano") {
      ASSIGN_OR_RETURN(out.start_ns, ReadTime(member, key));
    } else if (key == "endTimeUnixNano") {
      ASSIGN_OR_RETURN(out.end_ns, ReadTime(member, key));
    } else if (key == "droppedAttributesCount") {
      ASSIGN_OR_RETURN(out.dropped_attributes_count, ReadUint32(member, key));
    } else if (key == "droppedEventsCount") {
      ASSIGN_OR_RETURN(out.dropped_events_count, ReadUint32(member, key));
    } else if (key == "droppedLinksCount") {
      ASSIGN_OR_RETURN(const uint32_t dropped, ReadUint32(member, key));
      out.dropped_links_count += dropped;
    } else if (key == "flags") {
      ASSIGN_OR_RETURN(out.flags, ReadUint32(member, key));
    }
    return OkStatus();
  }));
  if (fault.reason.empty() && out.trace_id.IsZero()) fault.reason = "trace id is none or all zero";
  if (fault.reason.empty() && out.span_id.IsZero()) fault.reason = "span id is none or all zero";
  return OkStatus();
}

constexpr JsonGroupKeys kSpanKeys{"resourceSpans", "scopeSpans", "spans"};

}  // namespace
}  // namespace otlp

StatusOr<DecodedSpans> ReadOtlpSpansJson(std::string_view text) {
  std::string buffer(text);
  rapidjson::Document document;
  RETURN_IF_ERROR(otlp::ParseJson(buffer, document));
  OtlpDecodeBudget budget(text.size());
  DecodedSpans decoded;
  const auto on_spans = [&](const otlp::JsonValue& spans,
                            const std::shared_ptr<const model::Resource>& resource,
                            std::shared_ptr<const model::Scope> scope) {
    model::ScopeSpans group{resource, std::move(scope), {}};
    RETURN_IF_ERROR(otlp::ForEachElement(spans, "spans", [&](const otlp::JsonValue& element) {
      RETURN_IF_ERROR(budget.Charge(sizeof(model::Span)));
      otlp::SpanFault fault;
      const Status status = otlp::ReadSpan(element, budget, group.spans.emplace_back(), fault);
      if (!status.ok() && status.code() != StatusCode::kOutOfRange) return status;
      if (!status.ok()) fault.reason = std::string(status.message());
      if (fault.reason.empty()) return OkStatus();
      decoded.refused.Add(
          1, fmt::format("span `{}`: {}", Excerpt(group.spans.back().name, 40), fault.reason));
      group.spans.pop_back();
      return OkStatus();
    }));
    if (!group.spans.empty()) decoded.batch.groups.push_back(std::move(group));
    return OkStatus();
  };
  RETURN_IF_ERROR(otlp::ForEachScope(document, otlp::kSpanKeys, budget, on_spans));
  return decoded;
}

}  // namespace glint::wire
