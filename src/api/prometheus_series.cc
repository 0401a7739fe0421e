#include "api/prometheus_series.h"

#include <algorithm>
#include <map>
#include <set>

#include "api/json_values.h"
#include "api/params.h"
#include "api/reply.h"
#include "api/selectors.h"
#include "model/metadata.h"

namespace glint::api {
namespace {

using storage::MetricReader;
using storage::SeriesQuery;

// What all of these endpoints ask: time range, selectors and a limit.
struct Question {
  std::vector<SeriesQuery> queries;  // At least one.
  size_t limit = 0;
};

StatusOr<Question> ReadQuestion(const Params& params) {
  Question question;
  model::TimeRange time;
  ASSIGN_OR_RETURN(time.start, params.Time("start", model::kMinTimeMs));
  ASSIGN_OR_RETURN(time.end, params.Time("end", model::kMaxTimeMs));
  if (time.end < time.start) {
    return InvalidArgument(
        "invalid parameter \"end\": end timestamp must not be before start time");
  }
  ASSIGN_OR_RETURN(question.limit, params.Size("limit", 0));
  ASSIGN_OR_RETURN(auto sets, ParseMatchParams(params));
  for (auto& matchers : sets) question.queries.push_back({std::move(matchers), time});
  if (question.queries.empty()) question.queries.push_back({{}, time});
  return question;
}

std::string_view kCutWarning = "results truncated due to limit";

// The union of what `read` yields for each query; one more than the limit is asked for, to know
// whether something was cut.
template <typename Item, typename Read>
StatusOr<std::vector<Item>> Union(const Question& question, Read read, Notes& notes) {
  const size_t ask = question.limit == 0 ? 0 : question.limit + 1;
  std::vector<Item> all;
  for (const SeriesQuery& query : question.queries) {
    StatusOr<std::vector<Item>> items = read(query, ask);
    if (!items.ok()) return items.status();
    if (all.empty()) {
      all = *std::move(items);
      continue;
    }
    std::vector<Item> merged;
    std::set_union(all.begin(), all.end(), items->begin(), items->end(),
                   std::back_inserter(merged));
    all = std::move(merged);
  }
  if (question.limit != 0 && all.size() > question.limit) {
    all.resize(question.limit);
    notes.warnings.emplace_back(kCutWarning);
  }
  return all;
}

net::HttpResponse StringsReply(const StatusOr<std::vector<std::string>>& strings,
                               const Notes& notes) {
  if (!strings.ok()) return Failure(strings.status());
  JsonWriter json;
  json.BeginArray();
  for (const std::string& text : *strings) json.String(text);
  json.EndArray();
  return Success(json.text(), notes);
}

net::HttpResponse Series(const MetricReader& reader, const QueryLimits& limits,
                         const net::HttpRequest& request) {
  const Params params(request);
  if (params.All("match[]").empty()) {
    return Failure(InvalidArgument("no match[] parameter provided"));
  }
  const StatusOr<Question> question = ReadQuestion(params);
  if (!question.ok()) return Failure(question.status());
  QueryBudget budget(limits, request.stop);
  Notes notes;
  const auto series = Union<model::Labels>(
      *question,
      [&](const SeriesQuery& query, size_t limit) { return reader.Series(query, limit, budget); },
      notes);
  if (!series.ok()) return ExecutionFailure(series.status());
  JsonWriter json;
  json.BeginArray();
  for (const model::Labels& labels : *series) WriteLabels(labels, json);
  json.EndArray();
  return Success(json.text(), notes);
}

net::HttpResponse LabelNames(const MetricReader& reader, const QueryLimits& limits,
                             const net::HttpRequest& request) {
  const StatusOr<Question> question = ReadQuestion(Params(request));
  if (!question.ok()) return Failure(question.status());
  QueryBudget budget(limits, request.stop);
  Notes notes;
  const auto names = Union<std::string>(
      *question,
      [&](const SeriesQuery& query, size_t limit) {
        return reader.LabelNames(query, limit, budget);
      },
      notes);
  return StringsReply(names, notes);
}

// "U__a_2e_b" is how a name with other characters travels in a path.
// Source: https://github.com/prometheus/proposals, UTF-8 support, value encoding escaping.
std::string UnescapeLabelName(const std::string& name) {
  if (name.rfind("U__", 0) != 0) return name;
  std::string out;
  for (size_t i = 3; i < name.size(); ++i) {
    if (name[i] != '_') {
      out += name[i];
      continue;
    }
    if (i + 1 < name.size() && name[i + 1] == '_') {
      out += '_';
      ++i;
      continue;
    }
    uint32_t code = 0;
    size_t j = i + 1;
    for (; j < name.size() && name[j] != '_' && j - i <= 6; ++j) {
      const char c = name[j];
      const int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
      if (digit < 0) return name;
      code = code * 16 + static_cast<uint32_t>(digit);
    }
    if (j >= name.size() || name[j] != '_' || j == i + 1 || code > 0x10ffff) return name;
    if (code < 0x80) {
      out += static_cast<char>(code);
    } else if (code < 0x800) {
      out += static_cast<char>(0xc0 | (code >> 6));
      out += static_cast<char>(0x80 | (code & 63));
    } else if (code < 0x10000) {
      out += static_cast<char>(0xe0 | (code >> 12));
      out += static_cast<char>(0x80 | ((code >> 6) & 63));
      out += static_cast<char>(0x80 | (code & 63));
    } else {
      out += static_cast<char>(0xf0 | (code >> 18));
      out += static_cast<char>(0x80 | ((code >> 12) & 63));
      out += static_cast<char>(0x80 | ((code >> 6) & 63));
      out += static_cast<char>(0x80 | (code & 63));
    }
    i = j;
  }
  return out;
}

net::HttpResponse LabelValues(const MetricReader& reader, const QueryLimits& limits,
                              const net::HttpRequest& request) {
  const std::string name = UnescapeLabelName(request.groups.at(0));
  if (name.empty()) return Failure(InvalidArgument("invalid label name: \"\""));
  const StatusOr<Question> question = ReadQuestion(Params(request));
  if (!question.ok()) return Failure(question.status());
  QueryBudget budget(limits, request.stop);
  Notes notes;
  const auto values = Union<std::string>(
      *question,
      [&](const SeriesQuery& query, size_t limit) {
        return reader.LabelValues(name, query, limit, budget);
      },
      notes);
  return StringsReply(values, notes);
}

net::HttpResponse Metadata(const MetricReader& reader, const net::HttpRequest& request) {
  const Params params(request);
  const StatusOr<size_t> limit = params.Size("limit", 0);
  if (!limit.ok()) return Failure(limit.status());
  const StatusOr<size_t> per_metric = params.Size("limit_per_metric", 0);
  if (!per_metric.ok()) return Failure(per_metric.status());
  std::map<std::string, std::vector<model::MetricMetadata>> families;
  for (model::MetricMetadata& entry : reader.Metadata(std::string(params.Get("metric")))) {
    if (params.Has("limit") && families.size() >= *limit && families.count(entry.family) == 0) {
      continue;
    }
    auto& entries = families[entry.family];
    if (*per_metric == 0 || entries.size() < *per_metric) entries.push_back(std::move(entry));
  }
  JsonWriter json;
  json.BeginObject();
  for (const auto& [family, entries] : families) {
    json.Key(family).BeginArray();
    for (const model::MetricMetadata& entry : entries) {
      json.BeginObject().Key("type").String(model::MetricTypeName(entry.type));
      json.Key("help").String(entry.help).Key("unit").String(entry.unit).EndObject();
    }
    json.EndArray();
  }
  json.EndObject();
  return Success(json.text());
}

}  // namespace

void RouteSeries(const MetricReader& reader, const QueryLimits& limits, net::HttpRouter& router) {
  for (const char* method : {"GET", "POST"}) {
    router.Handle(method, "/api/v1/series", [&reader, limits](const net::HttpRequest& request) {
      return Series(reader, limits, request);
    });
    router.Handle(method, "/api/v1/labels", [&reader, limits](const net::HttpRequest& request) {
      return LabelNames(reader, limits, request);
    });
  }
  router.Handle("GET", "/api/v1/label/*/values",
                [&reader, limits](const net::HttpRequest& request) {
                  return LabelValues(reader, limits, request);
                });
  router.Handle("GET", "/api/v1/metadata",
                [&reader](const net::HttpRequest& request) { return Metadata(reader, request); });
}

}  // namespace glint::api
