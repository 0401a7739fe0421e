#include "api/prometheus_query.h"

#include <algorithm>

#include "api/json_values.h"
#include "api/params.h"
#include "api/reply.h"
#include "promql/parser.h"
#include "promql/printer.h"

namespace glint::api {
namespace {

void WriteVector(const promql::Vector& vector, JsonWriter& json) {
  json.BeginArray();
  for (const promql::VectorSample& sample : vector) {
    json.BeginObject().Key("metric");
    WriteLabels(sample.labels, json);
    if (sample.histogram != nullptr) {
      json.Key("histogram");
      WriteHistogram(sample.time, *sample.histogram, json);
    } else {
      json.Key("value");
      WriteSample(sample.time, sample.value, json);
    }
    json.EndObject();
  }
  json.EndArray();
}

void WriteMatrix(const promql::Matrix& matrix, JsonWriter& json) {
  json.BeginArray();
  for (const promql::MatrixSeries& series : matrix) {
    json.BeginObject().Key("metric");
    WriteLabels(series.labels, json);
    if (!series.floats.empty()) {
      json.Key("values").BeginArray();
      for (const model::Sample& sample : series.floats) {
        WriteSample(sample.time, sample.value, json);
      }
      json.EndArray();
    }
    if (!series.histograms.empty()) {
      json.Key("histograms").BeginArray();
      for (const storage::HistogramSample& sample : series.histograms) {
        WriteHistogram(sample.time, *sample.histogram, json);
      }
      json.EndArray();
    }
    json.EndObject();
  }
  json.EndArray();
}

struct ResultWriter {
  JsonWriter& json;

  JsonWriter& Type(std::string_view type) {
    return json.Key("resultType").String(type).Key("result");
  }
  void operator()(const promql::Scalar& scalar) {
    Type("scalar");
    WriteSample(scalar.time, scalar.value, json);
  }
  void operator()(const promql::String& string) {
    Type("string").BeginArray();
    WriteTime(string.time, json);
    json.String(string.value).EndArray();
  }
  void operator()(const promql::Vector& vector) {
    Type("vector");
    WriteVector(vector, json);
  }
  void operator()(const promql::Matrix& matrix) {
    Type("matrix");
    WriteMatrix(matrix, json);
  }
};

// The first `limit` series; true when there were more.
bool CutTo(size_t limit, promql::QueryResult& result) {
  const auto cut = [limit](auto& series) {
    if (limit == 0 || series.size() <= limit) return false;
    series.resize(limit);
    return true;
  };
  if (auto* vector = std::get_if<promql::Vector>(&result.value)) return cut(*vector);
  if (auto* matrix = std::get_if<promql::Matrix>(&result.value)) return cut(*matrix);
  return false;
}

net::HttpResponse Reply(StatusOr<promql::QueryResult> result, size_t limit) {
  if (!result.ok()) return ExecutionFailure(result.status());
  Notes notes{std::move(result->annotations.warnings), std::move(result->annotations.infos)};
  if (CutTo(limit, *result)) notes.warnings.emplace_back("results truncated due to limit");
  JsonWriter json;
  json.BeginObject();
  std::visit(ResultWriter{json}, result->value);
  json.EndObject();
  return Success(json.text(), notes);
}

StatusOr<QueryLimits> LimitsOf(const Params& params, const QueryLimits& limits) {
  QueryLimits own = limits;
  ASSIGN_OR_RETURN(const int64_t timeout_ms, params.DurationMs("timeout", limits.timeout.count()));
  own.timeout = std::min(limits.timeout, std::chrono::milliseconds(timeout_ms));
  return own;
}

StatusOr<promql::ExprPtr> ReadExpression(const Params& params) {
  StatusOr<promql::ExprPtr> parsed = promql::Parse(params.Get("query"));
  if (!parsed.ok()) return parsed.status().At("invalid parameter \"query\"");
  return parsed;
}

struct InstantQuery {
  promql::ExprPtr expression;
  model::TimeMs time = 0;
  size_t limit = 0;
  QueryLimits limits;
};

StatusOr<InstantQuery> ReadInstant(const Params& params, const Clock& clock,
                                   const QueryLimits& limits) {
  InstantQuery query;
  ASSIGN_OR_RETURN(query.limit, params.Size("limit", 0));
  ASSIGN_OR_RETURN(query.time, params.Time("time", clock.NowMs()));
  ASSIGN_OR_RETURN(query.limits, LimitsOf(params, limits));
  ASSIGN_OR_RETURN(query.expression, ReadExpression(params));
  return query;
}

struct RangeQuery {
  promql::ExprPtr expression;
  model::TimeMs start = 0;
  model::TimeMs end = 0;
  int64_t step_ms = 0;
  size_t limit = 0;
  QueryLimits limits;
};

StatusOr<RangeQuery> ReadRange(const Params& params, const QueryLimits& limits) {
  RangeQuery query;
  ASSIGN_OR_RETURN(query.limit, params.Size("limit", 0));
  for (const char* name : {"start", "end", "step"}) {
    if (!params.Has(name)) {
      return InvalidArgument("invalid parameter \"{}\": it is missing", name);
    }
  }
  ASSIGN_OR_RETURN(query.start, params.Time("start", 0));
  ASSIGN_OR_RETURN(query.end, params.Time("end", 0));
  if (query.end < query.start) {
    return InvalidArgument(
        "invalid parameter \"end\": end timestamp must not be before start time");
  }
  ASSIGN_OR_RETURN(query.step_ms, params.DurationMs("step", 0));
  if (query.step_ms <= 0) {
    return InvalidArgument(
        "invalid parameter \"step\": zero or negative query resolution step widths are not "
        "accepted. Try a positive integer");
  }
  if ((query.end - query.start) / query.step_ms > kMaxStepsPerSeries) {
    return InvalidArgument(
        "exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query "
        "resolution (?step=XX)");
  }
  ASSIGN_OR_RETURN(query.limits, LimitsOf(params, limits));
  ASSIGN_OR_RETURN(query.expression, ReadExpression(params));
  return query;
}

}  // namespace

void RouteQueries(const promql::Engine& engine, const Clock& clock, const QueryLimits& limits,
                  net::HttpRouter& router) {
  const auto instant = [&engine, &clock, limits](const net::HttpRequest& request) {
    const Params params(request);
    const StatusOr<InstantQuery> query = ReadInstant(params, clock, limits);
    if (!query.ok()) return Failure(query.status());
    QueryBudget budget(query->limits, request.stop);
    return Reply(engine.Instant(*query->expression, params.Get("query"), query->time, budget),
                 query->limit);
  };
  const auto range = [&engine, limits](const net::HttpRequest& request) {
    const Params params(request);
    const StatusOr<RangeQuery> query = ReadRange(params, limits);
    if (!query.ok()) return Failure(query.status());
    QueryBudget budget(query->limits, request.stop);
    return Reply(engine.Range(*query->expression, params.Get("query"), query->start, query->end,
                              query->step_ms, budget),
                 query->limit);
  };
  const auto format = [](const net::HttpRequest& request) {
    const StatusOr<promql::ExprPtr> parsed = ReadExpression(Params(request));
    if (!parsed.ok()) return Failure(parsed.status());
    JsonWriter json;
    json.String(promql::Print(**parsed));
    return Success(json.text());
  };
  for (const char* method : {"GET", "POST"}) {
    router.Handle(method, "/api/v1/query", instant);
    router.Handle(method, "/api/v1/query_range", range);
    router.Handle(method, "/api/v1/format_query", format);
  }
}

}  // namespace glint::api
