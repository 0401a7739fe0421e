#include "storage/memory_traces.h"

#include <algorithm>
#include <utility>

#include "storage/trace_match.h"

namespace glint::storage {
namespace {

bool Holds(const std::vector<model::ScopeSpans>& pieces, const model::ScopeSpans& group,
           const model::Span& span) {
  return std::any_of(pieces.begin(), pieces.end(), [&](const model::ScopeSpans& piece) {
    return *piece.resource == *group.resource && *piece.scope == *group.scope &&
           std::find(piece.spans.begin(), piece.spans.end(), span) != piece.spans.end();
  });
}

}  // namespace

StatusOr<SpanCounts> MemoryTraces::Append(model::SpanBatch batch) {
  SpanCounts counts;
  const MutexLock lock(&mutex_);
  for (model::ScopeSpans& group : batch.groups) {
    for (model::Span& span : group.spans) {
      std::vector<model::ScopeSpans>& pieces = traces_[span.trace_id];
      if (Holds(pieces, group, span)) {
        ++counts.repeated;
        continue;
      }
      ++counts.stored;
      pieces.push_back({group.resource, group.scope, {std::move(span)}});
    }
  }
  return counts;
}

StatusOr<std::optional<model::Trace>> MemoryTraces::Find(const model::TraceId& id,
                                                         QueryBudget& budget) const {
  RETURN_IF_ERROR(budget.Check());
  std::vector<model::ScopeSpans> pieces;
  {
    const ReaderMutexLock lock(&mutex_);
    const auto found = traces_.find(id);
    if (found == traces_.end()) return std::optional<model::Trace>();
    pieces = found->second;
  }
  RETURN_IF_ERROR(budget.Charge(BytesOf(pieces)));
  return std::optional<model::Trace>(UniteTrace(id, std::move(pieces)));
}

StatusOr<std::vector<bool>> MemoryTraces::Contains(std::span<const model::TraceId> ids,
                                                   QueryBudget& budget) const {
  RETURN_IF_ERROR(budget.Check());
  std::vector<bool> out;
  const ReaderMutexLock lock(&mutex_);
  for (const model::TraceId& id : ids) out.push_back(traces_.count(id) > 0);
  return out;
}

StatusOr<std::vector<TraceSummary>> MemoryTraces::Search(const TraceQuery& query,
                                                         QueryBudget& budget) const {
  std::vector<TraceSummary> found;
  {
    const ReaderMutexLock lock(&mutex_);
    for (const auto& [id, pieces] : traces_) {
      RETURN_IF_ERROR(budget.Check());
      TraceSummary summary = Summarize(UniteTrace(id, pieces), query);
      if (summary.matched_spans > 0) found.push_back(std::move(summary));
    }
  }
  std::sort(found.begin(), found.end(), IsNewer);
  if (found.size() > query.limit) found.resize(query.limit);
  return found;
}

uint64_t MemoryTraces::DropBefore(model::TimeNs time_ns, const Pins& pins) {
  uint64_t dropped = 0;
  const MutexLock lock(&mutex_);
  for (auto trace = traces_.begin(); trace != traces_.end();) {
    uint64_t spans = 0;
    bool is_old = true;
    for (const model::ScopeSpans& piece : trace->second) {
      spans += piece.spans.size();
      for (const model::Span& span : piece.spans) {
        is_old &= std::max(span.start_ns, span.end_ns) < time_ns;
      }
    }
    if (is_old && !pins.ArePinned(std::span(&trace->first, 1))[0]) {
      dropped += spans;
      trace = traces_.erase(trace);
    } else {
      ++trace;
    }
  }
  return dropped;
}

uint64_t MemoryTraces::trace_count() const {
  const ReaderMutexLock lock(&mutex_);
  return traces_.size();
}

}  // namespace glint::storage
