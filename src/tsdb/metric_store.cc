#include "tsdb/metric_store.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <utility>

#include "base/log.h"
#include "codec/byte_writer.h"
#include "tsdb/metric_log.h"

namespace glint::tsdb {
namespace {

using model::TimeMs;
using storage::AppendCounts;
using storage::MetricBatch;

// At the limit so much is let go at once that the next time is not soon.
constexpr uint64_t kFreedShare = 10;  // A tenth.
constexpr int64_t kLimitPauseMs = 30'000;

// Removes items at the marked places.
template <typename T>
void RemoveMarked(const std::vector<bool>& marked, std::vector<T>& column) {
  if (column.empty()) return;
  size_t kept = 0;
  for (size_t i = 0; i < column.size(); ++i) {
    if (!marked[i]) {
      if (kept != i) column[kept] = std::move(column[i]);
      ++kept;
    }
  }
  column.resize(kept);
}

// What is too far in the future does not go into the log, where its age could not be judged again.
void TakeOutTooNew(TimeMs now, MetricBatch& batch, AppendCounts& counts) {
  const TimeMs latest = now + storage::kMaxFutureMs;
  const auto mark = [&](size_t size, const auto& time_of, uint64_t& count) {
    std::vector<bool> marked;
    for (size_t i = 0; i < size; ++i) {
      if (time_of(i) <= latest) continue;
      marked.resize(size);
      marked[i] = true;
      ++count;
    }
    return marked;
  };
  if (batch.times.empty() && batch.time > latest) {
    counts.samples_too_new += batch.series.size();
    batch.series.clear();
    batch.values.clear();
    batch.start_times.clear();
  } else if (!batch.times.empty()) {
    const auto marked = mark(
        batch.series.size(), [&](size_t i) { return batch.times[i]; }, counts.samples_too_new);
    if (!marked.empty()) {
      RemoveMarked(marked, batch.series);
      RemoveMarked(marked, batch.values);
      RemoveMarked(marked, batch.start_times);
      RemoveMarked(marked, batch.times);
    }
  }
  if (const auto marked = mark(
          batch.histograms.size(), [&](size_t i) { return batch.histograms[i].time; },
          counts.samples_too_new);
      !marked.empty()) {
    RemoveMarked(marked, batch.histogram_series);
    RemoveMarked(marked, batch.histograms);
  }
  if (const auto marked = mark(
          batch.exemplars.size(), [&](size_t i) { return batch.exemplars[i].time; },
          counts.exemplars_too_new);
      !marked.empty()) {
    RemoveMarked(marked, batch.exemplar_series);
    RemoveMarked(marked, batch.exemplars);
  }
}

codec::MetricRecord RecordOf(MetricBatch batch) {
  codec::MetricRecord record;
  record.sender = batch.sender;
  record.series = std::move(batch.series);
  record.values = std::move(batch.values);
  record.time = batch.time;
  record.times = std::move(batch.times);
  record.start_times = std::move(batch.start_times);
  record.histogram_series = std::move(batch.histogram_series);
  for (storage::HistogramSample& sample : batch.histograms) {
    record.histogram_times.push_back(sample.time);
    record.histogram_start_times.push_back(sample.start_time);
    record.histograms.push_back(std::move(sample.histogram));
  }
  record.exemplar_series = std::move(batch.exemplar_series);
  record.exemplars = std::move(batch.exemplars);
  record.metadata = std::move(batch.metadata);
  return record;
}

bool IsEmpty(const codec::MetricRecord& record) {
  return record.series.empty() && record.histograms.empty() && record.exemplars.empty() &&
         record.metadata.empty();
}

void Add(const storage::MetricDrops& drops, storage::MetricDrops& sum) {
  sum.samples += drops.samples;
  sum.exemplars += drops.exemplars;
  sum.series += drops.series;
}

}  // namespace

MetricStore::MetricStore(const MetricStoreOptions& options)
    : options_(options),

      commits_([this](auto group) { Commit(group); }) {}

MetricStore::~MetricStore() { Shutdown(); }

void MetricStore::Shutdown() {
  is_shut_ = true;
  // Whoever was committing has ended when this comes through.
  commits_.RunAlone([] {});
}

StatusOr<std::vector<model::SeriesRef>> MetricStore::Resolve(
    std::span<const model::Labels> series) {
  if (is_shut_) return Unavailable("the metric store is shutting down");
  return head_.Resolve(series, options_.clock->NowMs(), options_.max_series);
}

StatusOr<AppendCounts> MetricStore::Append(MetricBatch batch) {
  RETURN_IF_ERROR(batch.Check());
  Pending pending{std::move(batch)};
  commits_.Run(pending);
  return std::move(pending.result);
}

void MetricStore::Commit(std::span<Pending* const> group) {
  const TimeMs now = options_.clock->NowMs();
  const auto segment = is_shut_
                           ? StatusOr<uint64_t>(Unavailable("the metric store is shutting down"))
                           : log_->PrepareSegment();
  Status ready = segment.ok() ? OkStatus() : segment.status();
  if (ready.ok() && *segment != prepared_segment_) ready = WritePreamble(*segment);
  std::vector<Staged> staged;
  for (Pending* pending : group) {
    Staged one{pending, {}, {}};
    if (!ready.ok()) {
      pending->result = ready;
    } else if (Stage(*pending, *segment, now, one)) {
      staged.push_back(std::move(one));
    }
  }
  if (staged.empty()) return;
  if (const Status written = Write(staged); !written.ok()) {
    for (Staged& one : staged) {
      head_.Undefine(one.record.definitions);
      one.pending->result = written;
    }
    const MutexLock lock(&mutex_);
    stats_.refused_batches += staged.size();
    return;
  }
  AppendCounts sum;
  for (Staged& one : staged) {
    NoteTimes(*segment, one.record);
    one.counts.Add(head_.Apply(std::move(one.record), now));
    sum.Add(one.counts);
    one.pending->result = one.counts;
  }
  {
    const MutexLock lock(&mutex_);
    stats_.appended.Add(sum);
  }
  if (head_.bytes() > options_.max_bytes && now >= next_limit_check_) KeepToLimit(now);
}

bool MetricStore::Stage(Pending& pending, uint64_t segment, TimeMs now, Staged& staged) {
  TakeOutTooNew(now, pending.batch, staged.counts);
  std::vector<codec::SeriesDefinition> definitions;
  if (const Status known = head_.Define(pending.batch, segment, now, definitions); !known.ok()) {
    pending.result = known;
    return false;
  }
  if (!pending.batch.metadata.empty()) {
    pending.batch.metadata = head_.NewMetadata(std::move(pending.batch.metadata));
  }
  staged.record = RecordOf(std::move(pending.batch));
  staged.record.definitions = std::move(definitions);
  if (IsEmpty(staged.record)) {
    pending.result = staged.counts;
    const MutexLock lock(&mutex_);
    stats_.appended.Add(staged.counts);
    return false;
  }
  return true;
}

Status MetricStore::Write(std::vector<Staged>& staged) {
  std::vector<std::string> payloads;
  std::vector<wal::Record> records;
  payloads.reserve(staged.size());
  for (const Staged& one : staged) {
    payloads.push_back(codec::EncodeMetricRecord(one.record));
    records.push_back({kBatchRecord, payloads.back()});
  }
  const auto written = log_->Append(records);
  return written.ok() ? OkStatus() : written.status();
}

// A segment explains itself: what was let go before, and all that is known of the metrics, so that
// those before it can be removed.
Status MetricStore::WritePreamble(uint64_t segment) {
  codec::ByteWriter floor;
  floor.SignedVarint(head_.floor());
  codec::MetricRecord metadata;
  metadata.metadata = head_.Metadata("");
  const std::string batch = codec::EncodeMetricRecord(metadata);
  const wal::Record records[] = {{kFloorRecord, floor.bytes()}, {kBatchRecord, batch}};
  const auto written = log_->Append(records);
  if (!written.ok()) return written.status();
  prepared_segment_ = segment;
  return OkStatus();
}

void MetricStore::NoteTimes(uint64_t segment, const codec::MetricRecord& record) {
  TimeMs& newest = newest_.try_emplace(segment, model::kMinTimeMs).first->second;
  if (record.times.empty() && !record.series.empty()) newest = std::max(newest, record.time);
  for (const TimeMs time : record.times) newest = std::max(newest, time);
  for (const TimeMs time : record.histogram_times) newest = std::max(newest, time);
  for (const model::Exemplar& exemplar : record.exemplars) newest = std::max(newest, exemplar.time);
}

void MetricStore::KeepToLimit(TimeMs now) {
  const uint64_t held = head_.bytes();
  const TimeMs time =
      head_.TimeToFree(held - options_.max_bytes + options_.max_bytes / kFreedShare);
  const storage::MetricDrops drops = head_.DropBefore(time, now);
  prepared_segment_ = 0;  // The log has to know of it before more is written.
  LogWarn("tsdb", "{} bytes of samples, at most {} are kept: let go {} samples before {}", held,
          options_.max_bytes, drops.samples, time);
  // What cannot be let go, labels above all, is not looked for again with every batch.
  const bool is_enough = head_.bytes() <= options_.max_bytes;
  next_limit_check_ = is_enough ? model::kMinTimeMs : now + kLimitPauseMs;
  const MutexLock lock(&mutex_);
  Add(drops, stats_.dropped_by_limit);
}

void MetricStore::ApplyRetention(TimeMs now) {
  const storage::MetricDrops drops = head_.DropBefore(now - options_.retention_ms, now);
  {
    const MutexLock lock(&mutex_);
    Add(drops, stats_.dropped_by_retention);
  }
  DropSegments();
}

void MetricStore::DropSegments() {
  const std::vector<wal::SegmentInfo> segments = log_->segments();
  if (segments.empty() || segments.back().id != prepared_segment_) return;
  const TimeMs floor = head_.floor();
  for (const wal::SegmentInfo& segment : segments) {
    if (segment.id == segments.back().id) return;
    const auto newest = newest_.find(segment.id);
    if (newest != newest_.end() && newest->second >= floor) continue;
    if (const Status removed = log_->Remove(segment.id); !removed.ok()) {
      LogWarn("tsdb", "{}", removed.ToString());
      continue;
    }
    newest_.erase(segment.id);
  }
}

void MetricStore::Maintain() {
  commits_.RunAlone([this] {
    if (!is_shut_) ApplyRetention(options_.clock->NowMs());
  });
}

MetricStoreStats MetricStore::Stats() const {
  MetricStoreStats stats;
  {
    const ReaderMutexLock lock(&mutex_);
    stats = stats_;
  }
  stats.head = head_.Stats(options_.clock->NowMs());
  stats.log_bytes = log_->bytes();
  stats.log_segments = log_->segments().size();
  stats.log_syncs = log_->syncs();
  stats.log_writes = log_->writes();
  return stats;
}

}  // namespace glint::tsdb
