#include "tracedb/trace_store.h"

#include <unordered_map>
#include <utility>

#include "base/log.h"
#include "codec/span_block.h"

namespace glint::tracedb {

using storage::SpanCounts;

TraceStore::TraceStore(const TraceStoreOptions& options)
    : options_(options),
      commits_([this](auto group) { Commit(group); }),
      recent_(options.recent_spans) {}

TraceStore::~TraceStore() { Shutdown(); }

void TraceStore::Shutdown() {
  is_shut_ = true;
  // Whoever was committing has ended when this comes through.
  commits_.RunAlone([] {});
}

// By trace, each with its hashes and its record ready: all that can be done before the commit.
std::vector<TraceStore::Piece> TraceStore::Split(model::SpanBatch batch) {
  std::vector<Piece> pieces;
  std::unordered_map<model::TraceId, size_t, model::IdHash> places;
  for (model::ScopeSpans& group : batch.groups) {
    if (group.spans.empty()) continue;
    const uint64_t resource_hash = codec::ContentHash(*group.resource);
    const uint64_t scope_hash = codec::ContentHash(*group.scope);
    for (model::Span& span : group.spans) {
      const auto [place, is_new] = places.try_emplace(span.trace_id, pieces.size());
      if (is_new) pieces.push_back({.id = span.trace_id});
      Piece& piece = pieces[place->second];
      piece.hashes.push_back(HashOfSpan(span, resource_hash, scope_hash));
      const bool is_next_of_group = !piece.groups.empty() &&
                                    piece.groups.back().resource == group.resource &&
                                    piece.groups.back().scope == group.scope;
      if (!is_next_of_group) piece.groups.push_back({group.resource, group.scope, {}});
      piece.groups.back().spans.push_back(std::move(span));
    }
  }
  for (Piece& piece : pieces) piece.record = EncodeTraceRecord(piece.groups, piece.hashes);
  return pieces;
}

StatusOr<SpanCounts> TraceStore::Append(model::SpanBatch batch) {
  if (is_shut_) return Unavailable("the trace store is shutting down");
  Pending pending{Split(std::move(batch))};
  commits_.Run(pending);
  return std::move(pending.result);
}

SpanCounts TraceStore::TakeOutRepeated(std::unordered_set<uint64_t>& fresh, Piece& piece) const {
  SpanCounts counts;
  std::vector<bool> repeated;
  for (const uint64_t hash : piece.hashes) {
    const uint64_t key = HashInTrace(piece.id, hash);
    repeated.push_back(recent_.Contains(key) || !fresh.insert(key).second);
    ++(repeated.back() ? counts.repeated : counts.stored);
  }
  if (counts.repeated == 0) return counts;
  size_t at = 0;
  std::vector<uint64_t> hashes;
  for (model::ScopeSpans& group : piece.groups) {
    std::vector<model::Span> left;
    for (model::Span& span : group.spans) {
      if (!repeated[at]) {
        hashes.push_back(piece.hashes[at]);
        left.push_back(std::move(span));
      }
      ++at;
    }
    group.spans = std::move(left);
  }
  piece.hashes = std::move(hashes);
  piece.record = counts.stored == 0 ? "" : EncodeTraceRecord(piece.groups, piece.hashes);
  return counts;
}

void TraceStore::Commit(std::span<Pending* const> group) {
  const auto segment = is_shut_
                           ? StatusOr<uint64_t>(Unavailable("the trace store is shutting down"))
                           : log_->PrepareSegment();
  std::unordered_set<uint64_t> fresh;
  std::vector<wal::Record> records;
  SpanCounts sum;
  Status written = segment.ok() ? OkStatus() : segment.status();
  if (written.ok()) {
    for (Pending* pending : group) {
      SpanCounts counts;
      for (Piece& piece : pending->pieces) {
        const SpanCounts of_piece = TakeOutRepeated(fresh, piece);
        counts.stored += of_piece.stored;
        counts.repeated += of_piece.repeated;
        if (!piece.record.empty()) records.push_back({kSpansRecord, piece.record});
      }
      pending->result = counts;
      sum.stored += counts.stored;
      sum.repeated += counts.repeated;
    }
  }
  StatusOr<std::vector<wal::Position>> positions = std::vector<wal::Position>();
  if (written.ok() && !records.empty()) {
    positions = log_->Append(records);
    written = positions.status();
  }
  const MutexLock lock(&mutex_);
  if (!written.ok()) {
    for (Pending* pending : group) pending->result = written;
    stats_.refused_batches += group.size();
    return;
  }
  for (const uint64_t hash : fresh) recent_.Add(hash);
  for (size_t i = 0; i < records.size(); ++i) {
    const auto head = DecodeTraceRecordHead(records[i].payload);
    CHECK(head.ok());
    AddToIndex(positions->at(i), *head);
  }
  stats_.appended.stored += sum.stored;
  stats_.appended.repeated += sum.repeated;
}

void TraceStore::AddToIndex(const wal::Position& position, const TraceRecordHead& head) {
  index_.Add(head.trace_id, position);
  segments_[position.segment].Add(head);
}

TraceStoreStats TraceStore::Stats() const {
  TraceStoreStats stats;
  {
    const ReaderMutexLock lock(&mutex_);
    stats = stats_;
    stats.traces = index_.trace_count();
    for (const auto& [id, summary] : segments_) stats.spans += summary.spans();
  }
  const wal::ReplayReport& report = log_->replay_report();
  stats.unreadable_records = report.damaged_records + unreadable_records_;
  stats.quarantined_bytes = report.quarantined_bytes;
  stats.replayed_records = report.records;
  stats.replay_ms = report.duration_ms;
  stats.log_bytes = log_->bytes();
  stats.log_segments = log_->segments().size();
  const wal::LogFigures figures = log_->figures();
  stats.log_spare_segments = figures.spare_segments;
  stats.log_segments_recycled = figures.segments_recycled;
  stats.log_syncs = figures.syncs;
  stats.log_writes = figures.writes;
  return stats;
}

}  // namespace glint::tracedb
