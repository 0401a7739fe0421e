// What a trace store lets go, and what it keeps because an exemplar points to it.
#include <utility>

#include "base/log.h"
#include "tracedb/trace_store.h"

namespace glint::tracedb {
namespace {

// Copied forward at a time.
constexpr size_t kCopyBytes = 4 << 20;

}  // namespace

void TraceStore::Maintain() {
  commits_.RunAlone([this] {
    if (is_shut_) return;
    const int64_t oldest_ms = options_.clock->NowMs() - options_.retention_ms;
    const std::vector<wal::SegmentInfo> segments = log_->segments();
    Kept kept;
    // Never the one being written; what is copied forward goes there, or to one begun since.
    for (size_t i = 0; i + 1 < segments.size(); ++i) {
      // Written to until the next one was begun.
      const bool is_old = segments[i + 1].created_ms < oldest_ms;
      const bool is_too_much = log_->bytes() > options_.max_bytes;
      if (!is_old && !is_too_much) return;
      if (!DropSegment(segments[i].id, kept)) return;
    }
  });
}

Status TraceStore::CopyForward(std::span<const std::string> records) {
  if (records.empty()) return OkStatus();
  RETURN_IF_ERROR([&]() -> Status {
    const auto prepared = log_->PrepareSegment();
    return prepared.ok() ? OkStatus() : prepared.status();
  }());
  std::vector<wal::Record> views;
  for (const std::string& record : records) views.push_back({kSpansRecord, record});
  ASSIGN_OR_RETURN(const std::vector<wal::Position> positions, log_->Append(views));
  const MutexLock lock(&mutex_);
  for (size_t i = 0; i < records.size(); ++i) {
    const auto head = DecodeTraceRecordHead(records[i]);
    if (!head.ok()) continue;
    AddToIndex(positions[i], *head);
    stats_.spans_kept_for_pins += head->hashes.size();
  }
  return OkStatus();
}

bool TraceStore::DropSegment(uint64_t segment, Kept& kept) {
  std::vector<model::TraceId> ids;
  std::vector<std::string> pinned;
  size_t pinned_bytes = 0;
  uint64_t dropped = 0;
  uint64_t pinned_dropped = 0;
  Status copied;
  const Status scanned = log_->Scan(segment, [&](const wal::RecordView& record) {
    const auto head = DecodeTraceRecordHead(record.payload);
    if (!head.ok()) return true;
    ids.push_back(head->trace_id);
    const bool is_pinned =
        options_.pins != nullptr && options_.pins->ArePinned(std::span(&head->trace_id, 1))[0];
    if (!is_pinned) {
      dropped += head->hashes.size();
      return true;
    }
    // Pins are not to fill the disk: beyond half of it they hold no longer.
    if (kept.bytes + record.payload.size() > options_.max_bytes / 2) {
      pinned_dropped += head->hashes.size();
      return true;
    }
    kept.bytes += record.payload.size();
    pinned_bytes += record.payload.size();
    pinned.emplace_back(record.payload);
    if (pinned_bytes >= kCopyBytes) {
      copied = CopyForward(pinned);
      pinned.clear();
      pinned_bytes = 0;
    }
    return copied.ok();
  });
  if (copied.ok()) copied = CopyForward(pinned);
  if (!scanned.ok() || !copied.ok()) {
    LogWarn("tracedb", "segment {} stays: {}", segment,
            scanned.ok() ? copied.ToString() : scanned.ToString());
    return false;
  }
  if (pinned_dropped > 0) {
    LogWarn("tracedb", "{} spans that exemplars point to let go: pins may take {} bytes",
            pinned_dropped, options_.max_bytes / 2);
  }
  {
    const MutexLock lock(&mutex_);
    index_.Remove(segment, ids);
    segments_.erase(segment);
    stats_.spans_dropped += dropped + pinned_dropped;
    stats_.pinned_spans_dropped += pinned_dropped;
  }
  if (const Status removed = log_->Remove(segment); !removed.ok()) {
    LogWarn("tracedb", "{}", removed.ToString());
  }
  return true;
}

}  // namespace glint::tracedb
