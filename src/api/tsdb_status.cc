#include "api/tsdb_status.h"

#include <algorithm>
#include <string>
#include <unordered_map>
#include <vector>

#include "api/params.h"
#include "api/reply.h"
#include "base/json_writer.h"

namespace glint::api {
namespace {

constexpr size_t kDefaultLimit = 10;
constexpr uint64_t kBytesPerValue = 96;  // Of a distinct value in a map, its text apart.

struct Count {
  std::string name;
  uint64_t value = 0;
};

struct Cardinality {
  uint64_t series = 0;
  uint64_t label_pairs = 0;
  std::vector<Count> series_by_metric;
  std::vector<Count> values_by_label;
  std::vector<Count> bytes_by_label;
  std::vector<Count> series_by_pair;
};

using SeriesByValue = std::unordered_map<std::string, uint64_t>;

// Counts label by label, from all series of one metric after the other.
StatusOr<std::unordered_map<std::string, SeriesByValue>> CountPairs(
    const storage::MetricReader& metrics, model::TimeRange time, QueryBudget& budget,
    Cardinality& out) {
  std::unordered_map<std::string, SeriesByValue> pairs;
  ASSIGN_OR_RETURN(const std::vector<std::string> names,
                   metrics.LabelValues(std::string(model::kMetricName), {{}, time}, 0, budget));
  for (const std::string& name : names) {
    const storage::SeriesQuery query{{model::Matcher::Equal(std::string(model::kMetricName), name)},
                                     time};
    ASSIGN_OR_RETURN(const std::vector<model::Labels> series, metrics.Series(query, 0, budget));
    out.series += series.size();
    out.series_by_metric.push_back({name, series.size()});
    for (const model::Labels& labels : series) {
      for (const model::Label& label : labels) {
        const auto [value, is_new] = pairs[label.name].try_emplace(label.value, 0);
        ++value->second;
        if (is_new) RETURN_IF_ERROR(budget.Charge(kBytesPerValue + label.value.size()));
      }
    }
  }
  return pairs;
}

// The largest, those of one size by name.
void KeepLargest(size_t limit, std::vector<Count>& counts) {
  std::sort(counts.begin(), counts.end(), [](const Count& a, const Count& b) {
    return a.value != b.value ? a.value > b.value : a.name < b.name;
  });
  if (counts.size() > limit) counts.resize(limit);
}

StatusOr<Cardinality> Measure(const storage::MetricReader& metrics, model::TimeRange time,
                              size_t limit, QueryBudget& budget) {
  Cardinality out;
  ASSIGN_OR_RETURN(const auto pairs, CountPairs(metrics, time, budget, out));
  for (const auto& [name, values] : pairs) {
    uint64_t bytes = 0;
    std::vector<Count> largest;
    for (const auto& [value, series] : values) {
      bytes += value.size() * series;
      largest.push_back({value, series});
    }
    out.label_pairs += values.size();
    out.values_by_label.push_back({name, values.size()});
    out.bytes_by_label.push_back({name, bytes});
    KeepLargest(limit, largest);
    for (Count& count : largest)
      out.series_by_pair.push_back({name + "=" + count.name, count.value});
  }
  for (auto* counts :
       {&out.series_by_metric, &out.values_by_label, &out.bytes_by_label, &out.series_by_pair}) {
    KeepLargest(limit, *counts);
  }
  return out;
}

void WriteCounts(std::string_view key, const std::vector<Count>& counts, JsonWriter& json) {
  json.Key(key).BeginArray();
  for (const Count& count : counts) {
    json.BeginObject().Key("name").String(count.name).Key("value").Uint(count.value).EndObject();
  }
  json.EndArray();
}

StatusOr<std::string> Answer(const storage::MetricReader& metrics, const Params& params,
                             model::TimeMs now, QueryBudget& budget) {
  ASSIGN_OR_RETURN(const size_t limit, params.Size("limit", kDefaultLimit));
  if (limit == 0) return InvalidArgument("invalid parameter \"limit\": it has to be above 0");
  const model::TimeRange time{now - kTsdbStatusMs, now};
  ASSIGN_OR_RETURN(const Cardinality counts, Measure(metrics, time, limit, budget));
  JsonWriter json;
  json.BeginObject().Key("headStats").BeginObject();
  json.Key("numSeries").Uint(counts.series).Key("numLabelPairs").Uint(counts.label_pairs);
  json.Key("chunkCount").Uint(0).Key("minTime").Int(time.start).Key("maxTime").Int(time.end);
  json.EndObject();
  WriteCounts("seriesCountByMetricName", counts.series_by_metric, json);
  WriteCounts("labelValueCountByLabelName", counts.values_by_label, json);
  WriteCounts("memoryInBytesByLabelName", counts.bytes_by_label, json);
  WriteCounts("seriesCountByLabelValuePair", counts.series_by_pair, json);
  json.EndObject();
  return json.Take();
}

}  // namespace

void RouteTsdbStatus(const storage::MetricReader& metrics, const Clock& clock,
                     const QueryLimits& limits, net::HttpRouter& router) {
  router.Handle(
      "GET", "/api/v1/status/tsdb", [&metrics, &clock, limits](const net::HttpRequest& request) {
        QueryBudget budget(limits, request.stop);
        const StatusOr<std::string> data = Answer(metrics, Params(request), clock.NowMs(), budget);
        return data.ok() ? Success(*data) : Failure(data.status());
      });
}

void RouteWalReplay(std::function<uint64_t()> log_segments, net::HttpRouter& router) {
  router.Handle("GET", "/api/v1/status/walreplay",
                [log_segments = std::move(log_segments)](const net::HttpRequest&) {
                  const uint64_t segments = log_segments();
                  JsonWriter json;
                  json.BeginObject().Key("min").Uint(0).Key("max").Uint(segments);
                  json.Key("current").Uint(segments).EndObject();
                  return Success(json.text());
                });
}

}  // namespace glint::api
