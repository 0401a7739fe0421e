// Opening a metric store: its log replayed into memory.
#include <chrono>
#include <condition_variable>
#include <mutex>

#include "base/log.h"
#include "codec/byte_reader.h"
#include "tsdb/metric_log.h"
#include "tsdb/metric_store.h"

namespace glint::tsdb {
namespace {

// Batches between two looks at the memory limit during replay.
constexpr uint64_t kBatchesPerLimitCheck = 256;

}  // namespace

StatusOr<std::unique_ptr<MetricStore>> MetricStore::Open(const MetricStoreOptions& options) {
  std::unique_ptr<MetricStore> store(new MetricStore(options));
  const wal::LogOptions log_options{.folder = options.folder,
                                    .kind = kMetricLogKind,
                                    .files = options.files,
                                    .clock = options.clock,
                                    .ack = options.ack,
                                    .segment_bytes = options.segment_bytes};
  Replay replay;
  ASSIGN_OR_RETURN(store->log_, wal::Log::Open(log_options, [&](const wal::RecordView& record) {
                     store->ReplayRecord(record, replay);
                   }));
  const wal::ReplayReport& report = store->log_->replay_report();
  {
    const MutexLock lock(&store->mutex_);
    store->stats_.replayed_records = report.records;
    store->stats_.replay_ms = report.duration_ms;
    store->stats_.unreadable_records += report.damaged_records;
    store->stats_.quarantined_bytes = report.quarantined_bytes;
  }
  store->ApplyRetention(options.clock->NowMs());
  if (report.records > 0) {
    LogInfo("tsdb", "{} series replayed from {} segments, {} bytes, in {} ms",
            store->head_.Stats(0).series, report.segments, report.bytes, report.duration_ms);
  }
  if (options.maintenance_interval_ms > 0) {
    MetricStore* self = store.get();
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

void MetricStore::ReplayRecord(const wal::RecordView& record, Replay& replay) {
  const auto unreadable = [&](std::string_view reason) {
    LogError("tsdb", "segment {}, offset {}: {}", record.position.segment, record.position.offset,
             reason);
    const MutexLock lock(&mutex_);
    ++stats_.unreadable_records;
  };
  if (replay.segment != record.position.segment) {
    replay.segment = record.position.segment;
    replay.refs.clear();
    newest_.try_emplace(replay.segment, model::kMinTimeMs);
  }
  if (record.type == kFloorRecord) {
    codec::ByteReader in(record.payload);
    const model::TimeMs floor = in.SignedVarint();
    if (!in.ok()) return unreadable("the floor is cut off");
    prepared_segment_ = replay.segment;
    if (floor > head_.floor()) head_.DropBefore(floor, options_.clock->NowMs());
    return;
  }
  if (record.type != kBatchRecord) return unreadable("a record of unknown type");
  auto batch = codec::DecodeMetricRecord(record.payload);
  if (!batch.ok()) return unreadable(batch.status().message());
  ReplayBatch(*std::move(batch), replay);
}

void MetricStore::ReplayBatch(codec::MetricRecord record, Replay& replay) {
  const model::TimeMs now = options_.clock->NowMs();
  std::vector<model::Labels> labels;
  for (const codec::SeriesDefinition& definition : record.definitions) {
    labels.push_back(*definition.labels);
  }
  // No limit on series here: what was acknowledged is served.
  const auto refs = head_.Resolve(labels, now, /*max_series=*/UINT64_MAX);
  for (size_t i = 0; i < refs->size(); ++i) {
    replay.refs[record.definitions[i].ref.value] = refs->at(i);
  }
  uint64_t unresolved = 0;
  const auto translate = [&](std::vector<model::SeriesRef>& column, const auto& drop) {
    std::vector<bool> unknown;
    for (size_t i = 0; i < column.size(); ++i) {
      const auto known = replay.refs.find(column[i].value);
      if (known != replay.refs.end()) {
        column[i] = known->second;
        continue;
      }
      unknown.resize(column.size());
      unknown[i] = true;
      ++unresolved;
    }
    if (!unknown.empty()) drop(unknown);
  };
  const auto keep = [](const std::vector<bool>& unknown, auto& column) {
    size_t kept = 0;
    for (size_t i = 0; i < column.size(); ++i) {
      if (!unknown[i]) column[kept++] = std::move(column[i]);
    }
    column.resize(kept);
  };
  translate(record.series, [&](const std::vector<bool>& unknown) {
    keep(unknown, record.series);
    keep(unknown, record.values);
    keep(unknown, record.times);
    keep(unknown, record.start_times);
  });
  translate(record.histogram_series, [&](const std::vector<bool>& unknown) {
    keep(unknown, record.histogram_series);
    keep(unknown, record.histogram_times);
    keep(unknown, record.histogram_start_times);
    keep(unknown, record.histograms);
  });
  translate(record.exemplar_series, [&](const std::vector<bool>& unknown) {
    keep(unknown, record.exemplar_series);
    keep(unknown, record.exemplars);
  });
  NoteTimes(replay.segment, record);
  const storage::AppendCounts counts = head_.Apply(std::move(record), /*written=*/0);
  uint64_t batches;
  {
    const MutexLock lock(&mutex_);
    stats_.replayed_samples += counts.samples_stored;
    stats_.unresolved_samples += unresolved;
    batches = ++stats_.replayed_records;
  }
  const bool is_time_to_look = batches % kBatchesPerLimitCheck == 0;
  if (is_time_to_look && head_.bytes() > options_.max_bytes) KeepToLimit(now);
}

}  // namespace glint::tsdb
