// Reading spans: a trace by its id, and traces by what their spans are like.
//
// What is read is a snapshot: copies that later writes and retention do not change. Thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/query_budget.h"
#include "base/status.h"
#include "model/span.h"

namespace glint::storage {

// What a predicate looks at. Attributes: `key` says which; both scopes means span first.
enum class SpanField : uint8_t {
  kSpanAttribute,
  kResourceAttribute,
  kAnyAttribute,
  kName,
  kServiceName,
  kKind,
  kStatus,
};

// Equality on the text of a value, as AttributeText() prints it; a store can answer it from a
// dictionary. Absent never equals. Kinds are "server", "client", ...; states "unset", "ok",
// "error".
struct SpanPredicate {
  SpanField field = SpanField::kAnyAttribute;
  std::string key;
  std::string value;
};

// Traces with at least one span for which everything holds.
struct TraceQuery {
  model::TimeNs start_ns = 0;  // The span overlaps [start_ns, end_ns].
  model::TimeNs end_ns = INT64_MAX;
  int64_t min_duration_ns = 0;
  int64_t max_duration_ns = INT64_MAX;
  std::vector<SpanPredicate> predicates;  // All must hold.
  size_t limit = 20;                      // Newest first.
};

struct TraceSummary {
  model::TraceId id;
  std::string root_service;  // Of the span without a parent here; empty when it has not arrived.
  std::string root_name;
  model::TimeNs start_ns = 0;
  int64_t duration_ns = 0;  // Latest end minus earliest start.
  uint64_t span_count = 0;
  uint64_t matched_spans = 0;
};

class TraceReader {
 public:
  virtual ~TraceReader() = default;

  // All spans of a trace that have arrived. Empty when there are none.
  // CANCELLED, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED: by the budget. DATA_LOSS: unreadable.
  virtual StatusOr<std::optional<model::Trace>> Find(const model::TraceId& id,
                                                     QueryBudget& budget) const = 0;

  // For each id, whether Find() would find a span.
  virtual StatusOr<std::vector<bool>> Contains(std::span<const model::TraceId> ids,
                                               QueryBudget& budget) const = 0;

  // Newest first, at most query.limit. Errors as Find().
  virtual StatusOr<std::vector<TraceSummary>> Search(const TraceQuery& query,
                                                     QueryBudget& budget) const = 0;
};

}  // namespace glint::storage
