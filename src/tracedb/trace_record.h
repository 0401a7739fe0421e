// The spans of one trace from one request, as a record of the log: docs/format/trace-log.md.
//
// A head that says what is in it, so that replay and search need not decode the spans, then a span
// block. Thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "model/span.h"

namespace glint::tracedb {

inline constexpr uint32_t kTraceLogKind = 0x4e415053;  // "SPAN".
inline constexpr uint8_t kSpansRecord = 1;             // The only type there is.

struct TraceRecordHead {
  model::TraceId trace_id;
  model::TimeNs first_start_ns = 0;
  model::TimeNs last_start_ns = 0;
  model::TimeNs last_end_ns = 0;      // Not before last_start_ns, even where a clock jumped.
  std::vector<std::string> services;  // Ascending, distinct; "" when a resource has none.
  std::vector<uint64_t> hashes;       // HashOfSpan() of each span, in order of the block.
};

// Of a span with its resource and scope: equal content, equal hash, in every run.
uint64_t HashOfSpan(const model::Span& span, uint64_t resource_hash, uint64_t scope_hash);

// What RecentHashes holds: the hash of a span together with its trace.
uint64_t HashInTrace(const model::TraceId& trace, uint64_t span_hash);

// REQUIRES: all spans of one trace, at least one; `hashes` are theirs in order.
std::string EncodeTraceRecord(const std::vector<model::ScopeSpans>& groups,
                              const std::vector<uint64_t>& hashes);

// INVALID_ARGUMENT: not such a record; the text says why.
StatusOr<TraceRecordHead> DecodeTraceRecordHead(std::string_view bytes);
// As many spans as the head has hashes.
StatusOr<std::vector<model::ScopeSpans>> DecodeTraceRecordSpans(std::string_view bytes);

}  // namespace glint::tracedb
