#include "api/exemplars.h"

#include <algorithm>
#include <unordered_map>

#include "api/json_values.h"
#include "api/params.h"
#include "api/reply.h"
#include "promql/engine.h"

namespace glint::api {
namespace {

// Dots beyond what a chart can show help nobody.
constexpr size_t kDefaultDots = 5000;
constexpr size_t kMaxDots = 100'000;

using TraceStates = std::unordered_map<model::TraceId, bool, model::IdHash>;

StatusOr<storage::ExemplarQuery> ReadQuery(const Params& params) {
  storage::ExemplarQuery query;
  if (!params.Has("query")) return InvalidArgument("invalid parameter \"query\": it is missing");
  ASSIGN_OR_RETURN(query.time.start, params.Time("start", model::kMinTimeMs));
  ASSIGN_OR_RETURN(query.time.end, params.Time("end", model::kMaxTimeMs));
  if (query.time.end < query.time.start) {
    return InvalidArgument("end timestamp must not be before start timestamp");
  }
  auto parsed = promql::Parse(params.Get("query"));
  if (!parsed.ok()) return parsed.status().At("invalid parameter \"query\"");
  query.any_of = promql::Selectors(**parsed);
  return query;
}

// `states` null: Prometheus' own shape.
void WriteExemplar(const model::Exemplar& exemplar, const TraceStates* states, JsonWriter& json) {
  json.BeginObject().Key("labels");
  WriteLabels(model::AllLabels(exemplar), json);
  json.Key("value").String(FormatValue(exemplar.value)).Key("timestamp");
  WriteTime(exemplar.time, json);
  if (states != nullptr) {
    json.Key("trace");
    if (exemplar.trace_id.IsZero()) {
      json.String("none");
    } else {
      json.String(states->at(exemplar.trace_id) ? "stored" : "missing");
    }
  }
  json.EndObject();
}

net::HttpResponse Reply(const std::vector<model::SeriesExemplars>& found,
                        const TraceStates* states) {
  JsonWriter json;
  json.BeginArray();
  for (const model::SeriesExemplars& series : found) {
    json.BeginObject().Key("seriesLabels");
    WriteLabels(series.series, json);
    json.Key("exemplars").BeginArray();
    for (const model::Exemplar& exemplar : series.exemplars) {
      WriteExemplar(exemplar, states, json);
    }
    json.EndArray().EndObject();
  }
  json.EndArray();
  return Success(json.text());
}

// Prometheus' own answer has no selection without a selector: a number matches no series.
StatusOr<std::vector<model::SeriesExemplars>> Find(const storage::ExemplarReader& exemplars,
                                                   const storage::ExemplarQuery& query,
                                                   QueryBudget& budget) {
  if (query.any_of.empty()) return std::vector<model::SeriesExemplars>();
  return exemplars.SelectExemplars(query, budget);
}

StatusOr<TraceStates> LookUpTraces(const storage::TraceReader& traces,
                                   const std::vector<model::SeriesExemplars>& found,
                                   QueryBudget& budget) {
  TraceStates states;
  std::vector<model::TraceId> ids;
  for (const model::SeriesExemplars& series : found) {
    for (const model::Exemplar& exemplar : series.exemplars) {
      if (exemplar.trace_id.IsZero()) continue;
      if (states.emplace(exemplar.trace_id, false).second) ids.push_back(exemplar.trace_id);
    }
  }
  ASSIGN_OR_RETURN(const std::vector<bool> stored, traces.Contains(ids, budget));
  for (size_t i = 0; i < ids.size(); ++i) states[ids[i]] = stored[i];
  return states;
}

}  // namespace

void RouteExemplars(const storage::ExemplarReader& exemplars, const storage::TraceReader& traces,
                    const QueryLimits& limits, net::HttpRouter& router) {
  const auto plain = [&exemplars, limits](const net::HttpRequest& request) {
    const auto query = ReadQuery(Params(request));
    if (!query.ok()) return Failure(query.status());
    QueryBudget budget(limits, request.stop);
    const auto found = Find(exemplars, *query, budget);
    if (!found.ok()) return ExecutionFailure(found.status());
    return Reply(*found, nullptr);
  };
  const auto with_traces = [&exemplars, &traces, limits](const net::HttpRequest& request) {
    const Params params(request);
    auto query = ReadQuery(params);
    if (!query.ok()) return Failure(query.status());
    const StatusOr<size_t> limit = params.Size("limit", kDefaultDots);
    if (!limit.ok()) return Failure(limit.status());
    query->limit = std::min(*limit, kMaxDots);
    QueryBudget budget(limits, request.stop);
    const auto found = Find(exemplars, *query, budget);
    if (!found.ok()) return ExecutionFailure(found.status());
    const auto states = LookUpTraces(traces, *found, budget);
    if (!states.ok()) return ExecutionFailure(states.status());
    return Reply(*found, &*states);
  };
  for (const char* method : {"GET", "POST"}) {
    router.Handle(method, "/api/v1/query_exemplars", plain);
    router.Handle(method, "/api/glint/v1/exemplars", with_traces);
  }
}

}  // namespace glint::api
