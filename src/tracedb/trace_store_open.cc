// Opening a trace store: the index is made from the heads of the log's records.
#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>

#include "base/log.h"
#include "tracedb/trace_store.h"

namespace glint::tracedb {

StatusOr<std::unique_ptr<TraceStore>> TraceStore::Open(const TraceStoreOptions& options) {
  std::unique_ptr<TraceStore> store(new TraceStore(options));
  // At most an eighth of the room is for what may be needed later.
  const uint64_t most_spares =
      options.max_bytes / 16 / std::max<uint64_t>(options.segment_bytes, 1);
  const wal::LogOptions log_options{.folder = options.folder,
                                    .kind = kTraceLogKind,
                                    .files = options.files,
                                    .clock = options.clock,
                                    .ack = options.ack,
                                    .segment_bytes = options.segment_bytes,
                                    .max_spares = std::min<size_t>(2, most_spares)};
  ASSIGN_OR_RETURN(store->log_, wal::Log::Open(log_options, [&](const wal::RecordView& record) {
                     store->ReplayRecord(record);
                   }));
  if (const wal::ReplayReport& report = store->log_->replay_report(); report.records > 0) {
    LogInfo("tracedb", "{} traces found in {} segments, {} bytes, in {} ms", store->Stats().traces,
            report.segments, report.bytes, report.duration_ms);
  }
  if (options.maintenance_interval_ms > 0) {
    TraceStore* self = store.get();
    store->maintenance_ = std::jthread([self](const std::stop_token& stop) {
      std::mutex mutex;
      std::condition_variable_any wake;
      const std::chrono::milliseconds interval(self->options_.maintenance_interval_ms);
      std::unique_lock lock(mutex);
      while (!wake.wait_for(lock, stop, interval, [] { return false; })) {
        if (stop.stop_requested()) return;
        self->Maintain();
      }
    });
  }
  return store;
}

void TraceStore::ReplayRecord(const wal::RecordView& record) {
  const auto head =
      record.type == kSpansRecord
          ? DecodeTraceRecordHead(record.payload)
          : StatusOr<TraceRecordHead>(InvalidArgument("a record of unknown type {}", record.type));
  if (!head.ok()) {
    LogError("tracedb", "segment {}, offset {}: {}", record.position.segment,
             record.position.offset, head.status().message());
    ++unreadable_records_;
    return;
  }
  for (const uint64_t hash : head->hashes) recent_.Add(HashInTrace(head->trace_id, hash));
  const MutexLock lock(&mutex_);
  AddToIndex(record.position, *head);
}

}  // namespace glint::tracedb
