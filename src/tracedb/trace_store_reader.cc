#include <algorithm>
#include <utility>

#include "base/log.h"
#include "storage/trace_match.h"
#include "tracedb/trace_store.h"

namespace glint::tracedb {
namespace {

// A record may move once while it is looked for, when its segment goes.
constexpr int kReadAttempts = 3;
constexpr uint64_t kRecordsPerCheck = 64;

// Takes out what came more than once.
void TakeOutKnown(const std::vector<uint64_t>& hashes, std::unordered_set<uint64_t>& known,
                  std::vector<model::ScopeSpans>& groups) {
  size_t at = 0;
  for (model::ScopeSpans& group : groups) {
    std::erase_if(group.spans,
                  [&](const model::Span&) { return !known.insert(hashes[at++]).second; });
  }
}

}  // namespace

// A trace with a span that matches.
struct TraceStore::Candidate {
  model::TraceId id;
  model::TimeNs latest_start_ns;  // The trace does not start later.
};

StatusOr<std::vector<model::ScopeSpans>> TraceStore::ReadPieces(const model::TraceId& id,
                                                                QueryBudget& budget) const {
  std::vector<model::ScopeSpans> out;
  Status damage;
  for (int attempt = 0; attempt < kReadAttempts; ++attempt) {
    std::vector<wal::Position> positions;
    {
      const ReaderMutexLock lock(&mutex_);
      positions = index_.Find(id);
    }
    bool has_moved = false;
    out.clear();
    std::unordered_set<uint64_t> known;
    for (const wal::Position& position : positions) {
      RETURN_IF_ERROR(budget.Charge(position.length));
      const auto bytes = log_->Read(position);
      has_moved |= bytes.status().code() == StatusCode::kNotFound;
      const auto head =
          bytes.ok() ? DecodeTraceRecordHead(*bytes) : StatusOr<TraceRecordHead>(bytes.status());
      auto groups = head.ok() ? DecodeTraceRecordSpans(*bytes)
                              : StatusOr<std::vector<model::ScopeSpans>>(head.status());
      budget.Release(position.length);
      if (!groups.ok()) {
        damage = groups.status();
        continue;
      }
      TakeOutKnown(head->hashes, known, *groups);
      RETURN_IF_ERROR(budget.Charge(storage::BytesOf(*groups)));
      std::move(groups->begin(), groups->end(), std::back_inserter(out));
    }
    if (!has_moved) break;
    damage = OkStatus();
  }
  if (!damage.ok()) {
    ++unreadable_records_;
    LogError("tracedb", "trace {}: {}", id.ToHex(), damage.ToString());
    if (out.empty()) return DataLoss("trace {}: {}", id.ToHex(), damage.message());
  }
  return out;
}

StatusOr<std::optional<model::Trace>> TraceStore::Find(const model::TraceId& id,
                                                       QueryBudget& budget) const {
  RETURN_IF_ERROR(budget.Check());
  ASSIGN_OR_RETURN(std::vector<model::ScopeSpans> pieces, ReadPieces(id, budget));
  if (pieces.empty()) return std::optional<model::Trace>();
  return std::optional<model::Trace>(storage::UniteTrace(id, std::move(pieces)));
}

StatusOr<std::vector<bool>> TraceStore::Contains(std::span<const model::TraceId> ids,
                                                 QueryBudget& budget) const {
  RETURN_IF_ERROR(budget.Check());
  std::vector<bool> out;
  out.reserve(ids.size());
  const ReaderMutexLock lock(&mutex_);
  for (const model::TraceId& id : ids) out.push_back(index_.Contains(id));
  return out;
}

Status TraceStore::FindCandidates(uint64_t segment, const storage::TraceQuery& query,
                                  QueryBudget& budget, std::vector<Candidate>& out) const {
  Status status;
  uint64_t records = 0;
  const Status scanned = log_->Scan(segment, [&](const wal::RecordView& record) {
    if (++records % kRecordsPerCheck == 0) status = budget.Check();
    if (!status.ok()) return false;
    const auto head = DecodeTraceRecordHead(record.payload);
    if (!head.ok()) return true;
    SegmentSummary summary;
    summary.Add(*head);
    if (!summary.MayMatch(query)) return true;
    const auto groups = DecodeTraceRecordSpans(record.payload);
    if (!groups.ok()) return true;
    Candidate candidate{head->trace_id, INT64_MAX};
    bool matches = false;
    for (const model::ScopeSpans& group : *groups) {
      for (const model::Span& span : group.spans) {
        if (!storage::Matches(query, *group.resource, span)) continue;
        matches = true;
        candidate.latest_start_ns = std::min(candidate.latest_start_ns, span.start_ns);
      }
    }
    if (matches) out.push_back(candidate);
    return true;
  });
  RETURN_IF_ERROR(status);
  // A segment that was dropped meanwhile has nothing to say.
  return scanned.code() == StatusCode::kNotFound ? OkStatus() : scanned;
}

StatusOr<std::vector<storage::TraceSummary>> TraceStore::Search(const storage::TraceQuery& query,
                                                                QueryBudget& budget) const {
  RETURN_IF_ERROR(budget.Check());
  std::vector<std::pair<model::TimeNs, uint64_t>> segments;  // By their last start, latest first.
  {
    const ReaderMutexLock lock(&mutex_);
    for (const auto& [id, summary] : segments_) {
      if (summary.MayMatch(query)) segments.emplace_back(summary.last_start_ns(), id);
    }
  }
  std::sort(segments.rbegin(), segments.rend());

  std::vector<storage::TraceSummary> found;  // The best so far, newest first.
  std::unordered_set<model::TraceId, model::IdHash> seen;
  // No trace that starts so early can be among the answers any more.
  const auto is_hopeless = [&](model::TimeNs latest_start_ns) {
    return found.size() == query.limit &&
           (query.limit == 0 || latest_start_ns < found.back().start_ns);
  };
  for (const auto& [last_start_ns, segment] : segments) {
    if (is_hopeless(last_start_ns)) break;
    std::vector<Candidate> candidates;
    RETURN_IF_ERROR(FindCandidates(segment, query, budget, candidates));
    std::stable_sort(candidates.begin(), candidates.end(), [](const auto& a, const auto& b) {
      return a.latest_start_ns > b.latest_start_ns;
    });
    for (const Candidate& candidate : candidates) {
      if (is_hopeless(candidate.latest_start_ns)) break;
      if (!seen.insert(candidate.id).second) continue;
      auto pieces = ReadPieces(candidate.id, budget);
      if (!pieces.ok()) {
        if (pieces.status().code() == StatusCode::kDataLoss) continue;
        return pieces.status();
      }
      const uint64_t bytes = storage::BytesOf(*pieces);
      storage::TraceSummary summary =
          storage::Summarize(storage::UniteTrace(candidate.id, *std::move(pieces)), query);
      budget.Release(bytes);
      if (summary.matched_spans == 0) continue;
      found.insert(std::upper_bound(found.begin(), found.end(), summary, storage::IsNewer),
                   std::move(summary));
      if (found.size() > query.limit) found.pop_back();
    }
  }
  return found;
}

}  // namespace glint::tracedb
