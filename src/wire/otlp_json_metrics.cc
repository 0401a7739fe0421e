#include "base/escape.h"
#include "wire/otlp_json_groups.h"
#include "wire/otlp_json_points.h"
#include "wire/otlp_json_reader.h"

namespace glint::wire {
namespace otlp {
namespace {

template <typename Data>
Status ReadData(const JsonValue& value, OtlpDecodeBudget& budget, model::OtlpMetric& metric,
                RefusedItems& refused) {
  Data data;
  RETURN_IF_ERROR(ForEachMember(value, "data", [&](std::string_view key, const JsonValue& member) {
    if (key == "dataPoints") {
      return ForEachElement(member, key, [&](const JsonValue& element) {
        RETURN_IF_ERROR(budget.Charge(sizeof(data.points[0])));
        const Status status = ReadPoint(element, budget, data.points.emplace_back());
        if (status.code() != StatusCode::kOutOfRange) return status;
        refused.Add(1, fmt::format("metric `{}`: {}", Excerpt(metric.name, 40), status.message()));
        data.points.pop_back();
        return OkStatus();
      });
    }
    if constexpr (requires { data.temporality; }) {
      if (key == "aggregationTemporality") {
        ASSIGN_OR_RETURN(const int32_t number, ReadEnum(member, key, "AGGREGATION_TEMPORALITY_",
                                                        {"UNSPECIFIED", "DELTA", "CUMULATIVE"}));
        data.temporality = static_cast<model::Temporality>(number);
      }
    }
    if constexpr (requires { data.monotonic; }) {
      if (key == "isMonotonic") {
        ASSIGN_OR_RETURN(data.monotonic, ReadBool(member, key));
      }
    }
    return OkStatus();
  }));
  metric.data = std::move(data);
  return OkStatus();
}

Status ReadMetric(const JsonValue& value, OtlpDecodeBudget& budget, model::OtlpMetric& out,
                  RefusedItems& refused) {
  return ForEachMember(value, "metric", [&](std::string_view key, const JsonValue& member) {
    if (key == "gauge") return ReadData<model::OtlpGauge>(member, budget, out, refused);
    if (key == "sum") return ReadData<model::OtlpSum>(member, budget, out, refused);
    if (key == "histogram") return ReadData<model::OtlpHistogram>(member, budget, out, refused);
    if (key == "exponentialHistogram") {
      return ReadData<model::OtlpExponentialHistogram>(member, budget, out, refused);
    }
    if (key == "summary") return ReadData<model::OtlpSummary>(member, budget, out, refused);
    if (key == "metadata") return ReadAttributes(member, budget, out.metadata);
    if (key == "name") {
      ASSIGN_OR_RETURN(out.name, ReadText(member, key));
    } else if (key == "description") {
      ASSIGN_OR_RETURN(out.description, ReadText(member, key));
    } else if (key == "unit") {
      ASSIGN_OR_RETURN(out.unit, ReadText(member, key));
    }
    return OkStatus();
  });
}

constexpr JsonGroupKeys kMetricKeys{"resourceMetrics", "scopeMetrics", "metrics"};

}  // namespace
}  // namespace otlp

StatusOr<DecodedMetrics> ReadOtlpMetricsJson(std::string_view text) {
  std::string buffer(text);
  rapidjson::Document document;
  RETURN_IF_ERROR(otlp::ParseJson(buffer, document));
  OtlpDecodeBudget budget(text.size());
  DecodedMetrics decoded;
  const auto on_metrics = [&](const otlp::JsonValue& metrics,
                              const std::shared_ptr<const model::Resource>& resource,
                              std::shared_ptr<const model::Scope> scope) {
    model::ScopeMetrics group{resource, std::move(scope), {}};
    RETURN_IF_ERROR(otlp::ForEachElement(metrics, "metrics", [&](const otlp::JsonValue& element) {
      RETURN_IF_ERROR(budget.Charge(sizeof(model::OtlpMetric)));
      return otlp::ReadMetric(element, budget, group.metrics.emplace_back(), decoded.refused);
    }));
    if (!group.metrics.empty()) decoded.batch.groups.push_back(std::move(group));
    return OkStatus();
  };
  RETURN_IF_ERROR(otlp::ForEachScope(document, otlp::kMetricKeys, budget, on_metrics));
  return decoded;
}

}  // namespace glint::wire
