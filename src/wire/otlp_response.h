// What an OTLP receiver answers, in the encoding of the request. Thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/status.h"
#include "wire/otlp_decode.h"

namespace glint::wire {

enum class OtlpSignal : uint8_t { kTraces, kMetrics };

// ExportTraceServiceResponse or ExportMetricsServiceResponse. With nothing rejected and no
// message: {"partialSuccess":{}}, or the bytes 0a 00. A message alone is a warning.
std::string OtlpExportResponse(OtlpSignal signal, OtlpEncoding encoding, uint64_t rejected,
                               std::string_view message);

// google.rpc.Status; with `retry_after_seconds` it carries a RetryInfo. REQUIRES: not OK.
std::string RpcStatusBody(OtlpEncoding encoding, const Status& status,
                          std::optional<int> retry_after_seconds);

}  // namespace glint::wire
