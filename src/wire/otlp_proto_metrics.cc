#include "base/escape.h"
#include "wire/otlp_fields.h"
#include "wire/otlp_proto_groups.h"
#include "wire/otlp_proto_points.h"
#include "wire/otlp_proto_reader.h"

namespace glint::wire {
namespace otlp {
namespace {

using protozero::pbf_reader;

// Reads the Gauge, Sum, Histogram, ... that `message` is into a `Data`, which has `points` and,
// some of them, `temporality` and `monotonic`.
template <typename Data>
Status ReadData(pbf_reader message, OtlpDecodeBudget& budget, model::OtlpMetric& metric,
                RefusedItems& refused) {
  if (!std::holds_alternative<Data>(metric.data)) metric.data = Data();
  Data& data = std::get<Data>(metric.data);
  while (message.next()) {
    switch (message.tag_and_type()) {
      case Bytes(MetricDataField::kPoints): {
        RETURN_IF_ERROR(budget.Charge(sizeof(data.points[0])));
        const Status status = ReadPoint(message.get_message(), budget, data.points.emplace_back());
        if (status.ok()) break;
        if (status.code() == StatusCode::kResourceExhausted) return status;
        refused.Add(1, fmt::format("metric `{}`: {}", Excerpt(metric.name, 40), status.message()));
        data.points.pop_back();
        break;
      }
      case Varint(MetricDataField::kTemporality): {
        const auto temporality = static_cast<model::Temporality>(message.get_enum());
        if constexpr (requires { data.temporality; }) data.temporality = temporality;
        break;
      }
      case Varint(MetricDataField::kMonotonic): {
        const bool monotonic = message.get_bool();
        if constexpr (requires { data.monotonic; }) data.monotonic = monotonic;
        break;
      }
      default:
        message.skip();
    }
  }
  return OkStatus();
}

Status ReadMetric(pbf_reader message, OtlpDecodeBudget& budget, model::OtlpMetric& out,
                  RefusedItems& refused) {
  while (message.next()) {
    switch (message.tag_and_type()) {
      case Bytes(MetricField::kName):
        out.name = GetText(message);
        break;
      case Bytes(MetricField::kDescription):
        out.description = GetText(message);
        break;
      case Bytes(MetricField::kUnit):
        out.unit = GetText(message);
        break;
      case Bytes(MetricField::kMetadata):
        RETURN_IF_ERROR(ReadAttribute(message, budget, out.metadata));
        break;
      case Bytes(MetricField::kGauge):
        RETURN_IF_ERROR(ReadData<model::OtlpGauge>(message.get_message(), budget, out, refused));
        break;
      case Bytes(MetricField::kSum):
        RETURN_IF_ERROR(ReadData<model::OtlpSum>(message.get_message(), budget, out, refused));
        break;
      case Bytes(MetricField::kHistogram):
        RETURN_IF_ERROR(
            ReadData<model::OtlpHistogram>(message.get_message(), budget, out, refused));
        break;
      case Bytes(MetricField::kExponentialHistogram):
        RETURN_IF_ERROR(
            ReadData<model::OtlpExponentialHistogram>(message.get_message(), budget, out, refused));
        break;
      case Bytes(MetricField::kSummary):
        RETURN_IF_ERROR(ReadData<model::OtlpSummary>(message.get_message(), budget, out, refused));
        break;
      default:
        message.skip();
    }
  }
  return OkStatus();
}

}  // namespace
}  // namespace otlp

StatusOr<DecodedMetrics> ReadOtlpMetricsProto(std::string_view bytes) {
  return otlp::CatchBrokenWire("metrics request", [&]() -> StatusOr<DecodedMetrics> {
    OtlpDecodeBudget budget(bytes.size());
    DecodedMetrics decoded;
    RETURN_IF_ERROR(otlp::ForEachScope(
        protozero::pbf_reader(bytes.data(), bytes.size()), budget,
        [&](protozero::pbf_reader message, std::shared_ptr<const model::Resource> resource,
            std::shared_ptr<const model::Scope> scope) {
          model::ScopeMetrics group{std::move(resource), std::move(scope), {}};
          while (message.next()) {
            if (message.tag_and_type() != otlp::Bytes(otlp::ScopeGroupField::kItems)) {
              message.skip();
              continue;
            }
            RETURN_IF_ERROR(budget.Charge(sizeof(model::OtlpMetric)));
            RETURN_IF_ERROR(otlp::ReadMetric(message.get_message(), budget,
                                             group.metrics.emplace_back(), decoded.refused));
          }
          if (!group.metrics.empty()) decoded.batch.groups.push_back(std::move(group));
          return OkStatus();
        }));
    return decoded;
  });
}

}  // namespace glint::wire
