#include "api/tempo.h"

#include "api/params.h"
#include "api/search_tags.h"
#include "base/duration.h"
#include "base/escape.h"
#include "base/json_writer.h"
#include "wire/otlp_encode.h"
#include "wire/tempo_json.h"

namespace glint::api {
namespace {

constexpr size_t kDefaultSearchLimit = 20;
constexpr size_t kMaxSearchLimit = 1000;

net::HttpResponse Text(int status, std::string text) {
  net::HttpResponse response;
  response.status = status;
  response.body = std::move(text);
  return response;
}

int HttpStatusOf(StatusCode code) {
  switch (code) {
    case StatusCode::kInvalidArgument:
      return 400;
    case StatusCode::kNotFound:
      return 404;
    case StatusCode::kCancelled:
      return 499;
    case StatusCode::kDeadlineExceeded:
      return 504;
    case StatusCode::kResourceExhausted:
      return 422;
    case StatusCode::kUnavailable:
      return 503;
    default:
      return 500;
  }
}

net::HttpResponse ErrorText(const Status& status) {
  return Text(HttpStatusOf(status.code()), std::string(status.message()) + "\n");
}

net::HttpResponse TraceById(const storage::TraceReader& reader, const QueryLimits& limits,
                            const net::HttpRequest& request) {
  const std::string& text = request.groups.at(0);
  const auto id = model::TraceId::FromHex(text);
  if (!id || id->IsZero()) {
    return Text(400, fmt::format("trace id \"{}\": expected 1 to 32 hexadecimal digits, not all "
                                 "zero\n",
                                 Excerpt(text)));
  }
  QueryBudget budget(limits, request.stop);
  const auto trace = reader.Find(*id, budget);
  if (!trace.ok()) return ErrorText(trace.status());
  if (!trace->has_value()) {
    return Text(404, fmt::format("trace {} is not stored here\n", id->ToHex()));
  }
  net::HttpResponse response;
  if (request.Header("Accept").find("application/protobuf") != std::string_view::npos) {
    response.content_type = "application/protobuf";
    response.body = wire::EncodeOtlpSpans((*trace)->groups, wire::OtlpEncoding::kProtobuf);
    return response;
  }
  response.content_type = "application/json";
  response.body = wire::TempoTraceJson(**trace);
  return response;
}

// Seconds since 1970, as Tempo takes them; 0 and absent mean: no bound.
StatusOr<model::TimeNs> SearchTime(const Params& params, std::string_view name,
                                   model::TimeNs fallback) {
  ASSIGN_OR_RETURN(const model::TimeMs time, params.Time(name, 0));
  if (time == 0) return fallback;
  if (time < 0 || time > INT64_MAX / 1'000'000) {
    return InvalidArgument("invalid parameter \"{}\": {} s is out of range", name, time / 1000);
  }
  return time * 1'000'000;
}

StatusOr<int64_t> SearchDurationNs(const Params& params, std::string_view name, int64_t fallback) {
  const std::string_view text = params.Get(name);
  if (text.empty()) return fallback;
  // Tempo takes Go durations; of those only "us" and "ns" and decimals are not Prometheus'.
  const StatusOr<int64_t> ns = ParseGoDurationNs(text);
  if (!ns.ok()) return ns.status().At(fmt::format("invalid parameter \"{}\"", name));
  return ns;
}

StatusOr<storage::TraceQuery> ReadTraceQuery(const Params& params) {
  storage::TraceQuery query;
  if (params.Has("q")) {
    return Unimplemented("TraceQL (parameter \"q\") is not there yet: search with \"tags\"");
  }
  ASSIGN_OR_RETURN(query.predicates, ParseSearchTags(params.Get("tags")));
  ASSIGN_OR_RETURN(query.start_ns, SearchTime(params, "start", 0));
  ASSIGN_OR_RETURN(query.end_ns, SearchTime(params, "end", INT64_MAX));
  ASSIGN_OR_RETURN(query.min_duration_ns, SearchDurationNs(params, "minDuration", 0));
  ASSIGN_OR_RETURN(query.max_duration_ns, SearchDurationNs(params, "maxDuration", INT64_MAX));
  ASSIGN_OR_RETURN(query.limit, params.Size("limit", kDefaultSearchLimit));
  query.limit = std::min(query.limit, kMaxSearchLimit);
  return query;
}

net::HttpResponse Search(const storage::TraceReader& reader, const QueryLimits& limits,
                         const net::HttpRequest& request) {
  const auto query = ReadTraceQuery(Params(request));
  if (!query.ok()) {
    const bool later = query.status().code() == StatusCode::kUnimplemented;
    return Text(later ? 501 : 400, std::string(query.status().message()) + "\n");
  }
  QueryBudget budget(limits, request.stop);
  const auto found = reader.Search(*query, budget);
  if (!found.ok()) return ErrorText(found.status());
  JsonWriter json;
  json.BeginObject().Key("traces").BeginArray();
  for (const storage::TraceSummary& trace : *found) {
    json.BeginObject().Key("traceID").String(trace.id.ToHex());
    json.Key("rootServiceName");
    // Tempo's own words for a root that has not arrived.
    json.String(trace.root_service.empty() && trace.root_name.empty()
                    ? "<root span not yet received>"
                    : trace.root_service);
    json.Key("rootTraceName").String(trace.root_name);
    json.Key("startTimeUnixNano").String(std::to_string(trace.start_ns));
    json.Key("durationMs").Int(trace.duration_ns / 1'000'000).EndObject();
  }
  json.EndArray().Key("metrics").BeginObject();
  json.EndObject().EndObject();
  net::HttpResponse response;
  response.content_type = "application/json";
  response.body = json.Take();
  return response;
}

}  // namespace

void RouteTempo(const storage::TraceReader& reader, const QueryLimits& limits,
                net::HttpRouter& router) {
  router.Handle("GET", "/api/traces/*", [&reader, limits](const net::HttpRequest& request) {
    return TraceById(reader, limits, request);
  });
  router.Handle("GET", "/api/search", [&reader, limits](const net::HttpRequest& request) {
    return Search(reader, limits, request);
  });
  router.Handle("GET", "/api/echo", [](const net::HttpRequest&) { return Text(200, "echo"); });
}

}  // namespace glint::api
