// OTLP requests as bytes, to what they say: spans and metrics, in protobuf and in JSON.
//
// A request that cannot be read is refused whole. A span or point that can be read but not be
// kept (an id of the wrong length, values nested without end) is refused alone and counted, so
// that one broken span does not cost its neighbours.
//
// JSON is read as tolerantly as the Collector does: camelCase and snake_case keys, enums as
// numbers or names, 64-bit integers and doubles as numbers or strings, ids in hex of either case,
// unknown keys and null ignored.
//
// Thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/status.h"
#include "model/otlp_metrics.h"
#include "model/span.h"

namespace glint::wire {

enum class OtlpEncoding : uint8_t { kProtobuf, kJson };

// Items left out of a decoded batch.
struct RefusedItems {
  uint64_t count = 0;
  std::string first_reason;  // Empty when count is 0.

  void Add(uint64_t items, std::string reason);
};

struct DecodedSpans {
  model::SpanBatch batch;  // Groups without spans are left out.
  RefusedItems refused;
};
struct DecodedMetrics {
  model::OtlpMetricBatch batch;
  RefusedItems refused;  // Data points.
};

// Values inside values, at most: deeper ones cost their span or point.
inline constexpr int kMaxValueDepth = 32;
// Decoded structures take at most this many times the bytes of the request, and a little.
inline constexpr size_t kMaxExpansion = 16;

// ExportTraceServiceRequest, which is TracesData on the wire.
// INVALID_ARGUMENT: not that message. RESOURCE_EXHAUSTED: beyond kMaxExpansion.
StatusOr<DecodedSpans> DecodeOtlpSpans(std::string_view bytes, OtlpEncoding encoding);

// ExportMetricsServiceRequest, which is MetricsData on the wire. Errors as above.
StatusOr<DecodedMetrics> DecodeOtlpMetrics(std::string_view bytes, OtlpEncoding encoding);

}  // namespace glint::wire
