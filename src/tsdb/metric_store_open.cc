// Opening a metric store and ending it: parts mapped, what of the log is not in them replayed.
#include <algorithm>
#include <chrono>

#include "base/log.h"
#include "codec/byte_reader.h"
#include "tsdb/batch_limits.h"
#include "tsdb/metric_log.h"
#include "tsdb/metric_store.h"

namespace glint::tsdb {
namespace {

// Series whose labels are written out together.
constexpr size_t kDefinedAtOnce = 256;

}  // namespace

StatusOr<std::unique_ptr<MetricStore>> MetricStore::Open(const MetricStoreOptions& options) {
  std::unique_ptr<MetricStore> store(new MetricStore(options));
  RETURN_IF_ERROR(options.files->MakeFolder(options.folder));
  uint64_t first_segment = 0;
  {
    const MutexLock lock(&store->work_mutex_);
    ASSIGN_OR_RETURN(store->manifest_, Manifest::Open(*options.files, options.folder));
    RETURN_IF_ERROR(store->OpenParts(store->manifest_->damage()));
    first_segment = store->manifest_->state().first_log_segment;
  }
  const wal::LogOptions log_options{.folder = options.folder,
                                    .kind = kMetricLogKind,
                                    .files = options.files,
                                    .clock = options.clock,
                                    .ack = options.ack,
                                    .segment_bytes = options.segment_bytes,
                                    .first_segment = std::max<uint64_t>(first_segment, 1)};
  Replay replay;
  ASSIGN_OR_RETURN(store->log_, wal::Log::Open(log_options, [&](const wal::RecordView& record) {
                     store->ReplayRecord(record, replay);
                   }));
  const wal::ReplayReport& report = store->log_->replay_report();
  store->NoteDamage(report.damage);
  {
    const MutexLock lock(&store->stats_mutex_);
    store->stats_.replayed_records = report.records;
    store->stats_.replay_ms = report.duration_ms;
    store->stats_.unreadable_records += report.damaged_records;
    store->stats_.quarantined_bytes = report.quarantined_bytes;
  }
  const model::TimeMs now = options.clock->NowMs();
  store->head_since_ = now;
  {
    const MutexLock lock(&store->work_mutex_);
    store->ApplyRetention(now);
  }
  const MetricStoreStats stats = store->Stats();
  if (stats.parts > 0 || report.records > 0) {
    LogInfo("tsdb", "{} parts with {} samples; {} series replayed from {} log segments in {} ms",
            stats.parts, stats.part_samples, stats.head.series, report.segments,
            report.duration_ms);
  }
  if (options.maintenance_interval_ms > 0) {
    MetricStore* self = store.get();
    store->maintenance_ = std::jthread([self](const std::stop_token& stop) { self->Work(stop); });
  }
  return store;
}

Status MetricStore::OpenParts(const std::vector<std::string>& damage) {
  std::vector<std::string> found = damage;
  std::vector<std::shared_ptr<const Part>> parts;
  const ManifestState& state = manifest_->state();
  for (const uint64_t id : state.parts) {
    auto part = Part::Open(*options_.files, options_.folder + "/" + PartName(id));
    if (!part.ok()) {
      found.push_back(fmt::format("part {} is left out: {}", id, part.status().ToString()));
      const MutexLock lock(&stats_mutex_);
      ++stats_.unreadable_parts;
      continue;
    }
    if (auto metadata = (*part)->Metadata(); metadata.ok()) {
      head_.AddMetadata(*std::move(metadata));
    } else {
      found.push_back(metadata.status().ToString());
    }
    parts.push_back(*std::move(part));
  }
  // What a crash left behind while it was being written, or after it was united with others.
  ASSIGN_OR_RETURN(const auto names, options_.files->List(options_.folder));
  for (const std::string& name : names) {
    const auto id = PartIdOf(name);
    if (!id.has_value() || state.parts.count(*id) > 0) continue;
    RETURN_IF_ERROR(options_.files->Remove(options_.folder + "/" + name));
  }
  auto set = std::make_shared<const PartSet>(std::move(parts), state.tombstones, found);
  NoteDamage(found);
  const MutexLock lock(&view_mutex_);
  parts_ = std::move(set);
  return OkStatus();
}

void MetricStore::ReplayRecord(const wal::RecordView& record, Replay& replay) {
  const auto unreadable = [&](std::string_view reason) {
    LogError("tsdb", "segment {}, offset {}: {}", record.position.segment, record.position.offset,
             reason);
    const MutexLock lock(&stats_mutex_);
    ++stats_.unreadable_records;
  };
  if (replay.segment != record.position.segment) {
    replay = Replay();
    replay.segment = record.position.segment;
  }
  if (record.type == kFloorRecord) {
    codec::ByteReader in(record.payload);
    const model::TimeMs floor = in.SignedVarint();
    if (!in.ok()) return unreadable("the floor is cut off");
    prepared_segment_ = replay.segment;
    head_.SetFloor(floor);
    return;
  }
  if (record.type != kBatchRecord) {
    return unreadable(fmt::format("a record of unknown type {}", record.type));
  }
  auto batch = replay.reader.Decode(record.payload);
  if (!batch.ok()) return unreadable(batch.status().message());
  Define(batch->definitions, replay);
  ReplayBatch(std::move(batch->row), replay);
  ReplayBatch(std::move(batch->rest), replay);
}

void MetricStore::Define(std::span<const LoggedBatch::Definition> definitions, Replay& replay) {
  for (size_t begin = 0; begin < definitions.size(); begin += kDefinedAtOnce) {
    const auto some =
        definitions.subspan(begin).first(std::min(kDefinedAtOnce, definitions.size() - begin));
    std::vector<model::Labels> labels;
    labels.reserve(some.size());
    for (const auto& definition : some) labels.push_back(replay.reader.LabelsOf(definition));
    // No limit on series here: what was acknowledged is served.
    const auto refs = head_.Resolve(labels, options_.clock->NowMs(), /*max_series=*/UINT64_MAX);
    for (size_t i = 0; i < some.size(); ++i) replay.refs[some[i].series] = refs->at(i);
  }
}

void MetricStore::ReplayBatch(storage::MetricBatch batch, Replay& replay) {
  uint64_t unresolved = 0;
  const auto translate = [&](std::vector<model::SeriesRef>& column) {
    return Mark(
        column.size(),
        [&](size_t i) {
          const auto known = replay.refs.find(column[i].value);
          if (known != replay.refs.end()) column[i] = known->second;
          return known == replay.refs.end();
        },
        unresolved);
  };
  RemoveSamples(translate(batch.series), batch);
  RemoveHistograms(translate(batch.histogram_series), batch);
  RemoveExemplars(translate(batch.exemplar_series), batch);
  const model::TimeMs now = options_.clock->NowMs();
  auto staged = head_.Stage(std::move(batch), {.now = now});
  CHECK(staged.ok());  // The refs were resolved just before.
  const storage::AppendCounts counts = head_.Apply(*std::move(staged), /*now=*/0);
  const MutexLock lock(&stats_mutex_);
  stats_.replayed_samples += counts.samples_stored;
  stats_.unresolved_samples += unresolved;
}

void MetricStore::Work(const std::stop_token& stop) {
  const std::chrono::milliseconds interval(options_.maintenance_interval_ms);
  while (!stop.stop_requested()) {
    {
      std::unique_lock lock(wake_mutex_);
      wake_.wait_for(lock, stop, interval, [this] { return is_woken_; });
      is_woken_ = false;
    }
    if (!stop.stop_requested()) Maintain();
  }
}

void MetricStore::Shutdown() {
  if (is_shut_.exchange(true)) return;
  commits_.Drain();
  // Whoever was committing has ended when this comes through.
  commits_.RunAlone([] {});
  stop_.request_stop();
  maintenance_.request_stop();
  if (maintenance_.joinable()) maintenance_.join();
  const MutexLock lock(&work_mutex_);
  if (log_ == nullptr) return;
  if (const Status flushed = FlushLocked(); !flushed.ok()) {
    LogWarn("tsdb", "the head stays in the log, to be replayed: {}", flushed.ToString());
  }
}

MetricStore::~MetricStore() { Shutdown(); }

}  // namespace glint::tsdb
