#include "wire/otlp_json_points.h"

#include <optional>

namespace glint::wire::otlp {
namespace {

Status ReadExemplars(const JsonValue& value, OtlpDecodeBudget& budget,
                     std::vector<model::OtlpExemplar>& out) {
  return ForEachElement(value, "exemplars", [&](const JsonValue& element) {
    RETURN_IF_ERROR(budget.Charge(sizeof(model::OtlpExemplar)));
    model::OtlpExemplar& exemplar = out.emplace_back();
    return ForEachMember(element, "exemplar", [&](std::string_view key, const JsonValue& member) {
      if (key == "filteredAttributes") {
        return ReadAttributes(member, budget, exemplar.filtered_attributes);
      }
      if (key == "timeUnixNano") {
        ASSIGN_OR_RETURN(exemplar.time_ns, ReadTime(member, key));
      } else if (key == "asDouble") {
        ASSIGN_OR_RETURN(exemplar.value, ReadDouble(member, key));
      } else if (key == "asInt") {
        ASSIGN_OR_RETURN(exemplar.value, ReadInt(member, key));
      } else if (key == "traceId") {
        exemplar.trace_id = ReadHexId<model::TraceId>(member).value_or(model::TraceId());
      } else if (key == "spanId") {
        exemplar.span_id = ReadHexId<model::SpanId>(member).value_or(model::SpanId());
      }
      return OkStatus();
    });
  });
}

// The members that all points have, and exemplars. False: `key` is none of them.
template <typename Point>
StatusOr<bool> ReadCommon(std::string_view key, const JsonValue& member, OtlpDecodeBudget& budget,
                          Point& out) {
  if (key == "attributes") {
    RETURN_IF_ERROR(ReadAttributes(member, budget, out.attributes));
  } else if (key == "startTimeUnixNano") {
    ASSIGN_OR_RETURN(out.start_ns, ReadTime(member, key));
  } else if (key == "timeUnixNano") {
    ASSIGN_OR_RETURN(out.time_ns, ReadTime(member, key));
  } else if (key == "flags") {
    ASSIGN_OR_RETURN(out.flags, ReadUint32(member, key));
  } else {
    if constexpr (requires { out.exemplars; }) {
      if (key == "exemplars") {
        RETURN_IF_ERROR(ReadExemplars(member, budget, out.exemplars));
        return true;
      }
    }
    return false;
  }
  return true;
}

Status ReadCounts(const JsonValue& value, std::string_view what, OtlpDecodeBudget& budget,
                  std::vector<uint64_t>& out) {
  return ForEachElement(value, what, [&](const JsonValue& element) {
    RETURN_IF_ERROR(budget.Charge(sizeof(uint64_t)));
    ASSIGN_OR_RETURN(const uint64_t count, ReadUint(element, what));
    out.push_back(count);
    return OkStatus();
  });
}

Status ReadBuckets(const JsonValue& value, OtlpDecodeBudget& budget,
                   model::ExponentialBuckets& out) {
  return ForEachMember(value, "buckets", [&](std::string_view key, const JsonValue& member) {
    if (key == "bucketCounts") return ReadCounts(member, key, budget, out.counts);
    if (key == "offset") {
      ASSIGN_OR_RETURN(out.offset, ReadInt32(member, key));
    }
    return OkStatus();
  });
}

}  // namespace

Status ReadPoint(const JsonValue& value, OtlpDecodeBudget& budget, model::NumberPoint& out) {
  return ForEachMember(value, "data point", [&](std::string_view key, const JsonValue& member) {
    ASSIGN_OR_RETURN(const bool common, ReadCommon(key, member, budget, out));
    if (common) return OkStatus();
    if (key == "asDouble") {
      ASSIGN_OR_RETURN(out.value, ReadDouble(member, key));
    } else if (key == "asInt") {
      ASSIGN_OR_RETURN(out.value, ReadInt(member, key));
    }
    return OkStatus();
  });
}

Status ReadPoint(const JsonValue& value, OtlpDecodeBudget& budget, model::HistogramPoint& out) {
  return ForEachMember(value, "data point", [&](std::string_view key, const JsonValue& member) {
    ASSIGN_OR_RETURN(const bool common, ReadCommon(key, member, budget, out));
    if (common) return OkStatus();
    if (key == "bucketCounts") return ReadCounts(member, key, budget, out.bucket_counts);
    if (key == "explicitBounds") {
      return ForEachElement(member, key, [&](const JsonValue& element) {
        RETURN_IF_ERROR(budget.Charge(sizeof(double)));
        ASSIGN_OR_RETURN(const double bound, ReadDouble(element, "explicitBounds"));
        out.bounds.push_back(bound);
        return OkStatus();
      });
    }
    if (key == "count") {
      ASSIGN_OR_RETURN(out.count, ReadUint(member, key));
    } else if (key == "sum") {
      ASSIGN_OR_RETURN(out.sum, ReadDouble(member, key));
    } else if (key == "min") {
      ASSIGN_OR_RETURN(out.min, ReadDouble(member, key));
    } else if (key == "max") {
      ASSIGN_OR_RETURN(out.max, ReadDouble(member, key));
    }
    return OkStatus();
  });
}

Status ReadPoint(const JsonValue& value, OtlpDecodeBudget& budget,
                 model::ExponentialHistogramPoint& out) {
  return ForEachMember(value, "data point", [&](std::string_view key, const JsonValue& member) {
    ASSIGN_OR_RETURN(const bool common, ReadCommon(key, member, budget, out));
    if (common) return OkStatus();
    if (key == "positive") return ReadBuckets(member, budget, out.positive);
    if (key == "negative") return ReadBuckets(member, budget, out.negative);
    if (key == "count") {
      ASSIGN_OR_RETURN(out.count, ReadUint(member, key));
    } else if (key == "sum") {
      ASSIGN_OR_RETURN(out.sum, ReadDouble(member, key));
    } else if (key == "scale") {
      ASSIGN_OR_RETURN(out.scale, ReadInt32(member, key));
    } else if (key == "zeroCount") {
      ASSIGN_OR_RETURN(out.zero_count, ReadUint(member, key));
    } else if (key == "zeroThreshold") {
      ASSIGN_OR_RETURN(out.zero_threshold, ReadDouble(member, key));
    } else if (key == "min") {
      ASSIGN_OR_RETURN(out.min, ReadDouble(member, key));
    } else if (key == "max") {
      ASSIGN_OR_RETURN(out.max, ReadDouble(member, key));
    }
    return OkStatus();
  });
}

Status ReadPoint(const JsonValue& value, OtlpDecodeBudget& budget, model::SummaryPoint& out) {
  return ForEachMember(value, "data point", [&](std::string_view key, const JsonValue& member) {
    ASSIGN_OR_RETURN(const bool common, ReadCommon(key, member, budget, out));
    if (common) return OkStatus();
    if (key == "quantileValues") {
      return ForEachElement(member, key, [&](const JsonValue& element) {
        RETURN_IF_ERROR(budget.Charge(sizeof(model::QuantileValue)));
        model::QuantileValue& quantile = out.quantiles.emplace_back();
        return ForEachMember(element, "quantile",
                             [&](std::string_view name, const JsonValue& number) {
                               if (name == "quantile") {
                                 ASSIGN_OR_RETURN(quantile.quantile, ReadDouble(number, name));
                               } else if (name == "value") {
                                 ASSIGN_OR_RETURN(quantile.value, ReadDouble(number, name));
                               }
                               return OkStatus();
                             });
      });
    }
    if (key == "count") {
      ASSIGN_OR_RETURN(out.count, ReadUint(member, key));
    } else if (key == "sum") {
      ASSIGN_OR_RETURN(out.sum, ReadDouble(member, key));
    }
    return OkStatus();
  });
}

}  // namespace glint::wire::otlp
