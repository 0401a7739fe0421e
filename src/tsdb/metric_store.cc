#include "tsdb/metric_store.h"

#include <algorithm>
#include <set>
#include <utility>

#include "base/log.h"
#include "codec/byte_writer.h"
#include "tsdb/batch_limits.h"
#include "tsdb/metric_log.h"

namespace glint::tsdb {

using model::TimeMs;
using storage::AppendCounts;
using storage::MetricBatch;

namespace {

uint64_t BytesOf(const MetricBatch& batch) {
  return sizeof batch + batch.series.size() * (sizeof(model::SeriesRef) + sizeof(double)) +
         batch.times.size() * sizeof(TimeMs) + batch.exemplars.size() * sizeof(model::Exemplar) +
         batch.histograms.size() * 512;
}

}  // namespace

MetricStore::MetricStore(const MetricStoreOptions& options)
    : options_(options),
      parts_(std::make_shared<const PartSet>()),
      commits_([this](auto group) { Commit(group); },
               wal::GroupCommitOptions{.patience_ms = options.patience_ms}) {}

StatusOr<std::vector<model::SeriesRef>> MetricStore::Resolve(
    std::span<const model::Labels> series) {
  if (is_shut_) return Unavailable("the metric store is shutting down");
  return head_.Resolve(series, options_.clock->NowMs(), options_.max_series);
}

StatusOr<AppendCounts> MetricStore::Append(MetricBatch batch) {
  RETURN_IF_ERROR(batch.Check());
  Pending pending{std::move(batch), AppendCounts(), nullptr};
  commits_.Run(pending);
  return std::move(pending.result);
}

void MetricStore::AppendSoon(MetricBatch batch, storage::AppendDone done) {
  if (const Status checked = batch.Check(); !checked.ok()) return done(checked);
  const uint64_t bytes = BytesOf(batch);
  auto pending = std::make_unique<Pending>();
  pending->batch = std::move(batch);
  pending->done = std::move(done);
  commits_.Post(std::move(pending), bytes);
}

void MetricStore::Commit(std::span<Pending* const> group) {
  const TimeMs now = options_.clock->NowMs();
  const auto segment = is_shut_
                           ? StatusOr<uint64_t>(Unavailable("the metric store is shutting down"))
                           : log_->PrepareSegment();
  Status ready = segment.ok() ? OkStatus() : segment.status();
  if (ready.ok() && *segment != prepared_segment_) ready = WritePreamble(*segment);
  std::vector<StagedBatch> staged;
  std::vector<size_t> origin;  // In `group`, of each that is staged.
  std::set<storage::SenderId> with_row;
  for (size_t i = 0; i < group.size(); ++i) {
    Pending& pending = *group[i];
    if (!ready.ok()) {
      pending.result = ready;
      continue;
    }
    AppendCounts counts;
    TakeOutTooNew(now, pending.batch, counts);
    if (!pending.batch.metadata.empty()) {
      pending.batch.metadata = head_.NewMetadata(std::move(pending.batch.metadata));
    }
    const bool may_be_row = with_row.count(pending.batch.sender) == 0;
    auto batch = head_.Stage(std::move(pending.batch), {.log_segment = *segment,
                                                        .now = now,
                                                        .late_ms = options_.out_of_order_ms,
                                                        .may_be_row = may_be_row});
    if (!batch.ok()) {
      pending.result = batch.status();
      continue;
    }
    batch->counts.Add(counts);
    if (batch->has_row()) with_row.insert(batch->sender);
    staged.push_back(*std::move(batch));
    origin.push_back(i);
  }
  if (!staged.empty()) CommitStaged(group, staged, origin, *segment, now);
  for (Pending* pending : group) {
    if (pending->done) pending->done(std::move(pending->result));
  }
  if (!is_shut_ && IsTimeToFlush(now)) {
    const std::lock_guard lock(wake_mutex_);
    is_woken_ = true;
    wake_.notify_one();
  }
}

void MetricStore::CommitStaged(std::span<Pending* const> group, std::vector<StagedBatch>& staged,
                               std::span<const size_t> origin, uint64_t segment, TimeMs now) {
  std::vector<std::string> payloads;
  std::vector<wal::Record> records;
  payloads.reserve(staged.size());
  for (const StagedBatch& batch : staged) {
    if (!batch.has_row() && !batch.has_rest()) continue;
    payloads.push_back(head_.Encode(batch, segment, batch_log_));
    records.push_back({kBatchRecord, payloads.back()});
  }
  if (!records.empty()) {
    const auto written = log_->Append(records);
    if (!written.ok()) {
      batch_log_.Forget();
      for (const size_t i : origin) group[i]->result = written.status();
      const MutexLock lock(&stats_mutex_);
      stats_.refused_batches += staged.size();
      return;
    }
    batch_log_.Commit();
  }
  AppendCounts sum;
  for (size_t i = 0; i < staged.size(); ++i) {
    const AppendCounts counts = head_.Apply(std::move(staged[i]), now);
    sum.Add(counts);
    group[origin[i]]->result = counts;
  }
  const MutexLock lock(&stats_mutex_);
  stats_.appended.Add(sum);
}

// A segment explains itself: what was let go before, and all that is known of the metrics, so that
// those before it can be removed.
Status MetricStore::WritePreamble(uint64_t segment) {
  codec::ByteWriter floor;
  floor.SignedVarint(head_.floor());
  StagedBatch metadata;
  metadata.rest.metadata = head_.Metadata("");
  const std::string batch = head_.Encode(metadata, segment, batch_log_);
  const wal::Record records[] = {{kFloorRecord, floor.bytes()}, {kBatchRecord, batch}};
  const auto written = log_->Append(records);
  if (!written.ok()) {
    batch_log_.Forget();
    return written.status();
  }
  batch_log_.Commit();
  prepared_segment_ = segment;
  return OkStatus();
}

bool MetricStore::IsTimeToFlush(TimeMs now) const {
  uint64_t logged = 0;
  for (const wal::SegmentInfo& segment : log_->segments()) logged += segment.bytes;
  return head_.sample_bytes() >= options_.max_head_bytes || logged >= options_.max_log_bytes ||
         now - head_since_ >= options_.max_head_age_ms;
}

std::shared_ptr<const PartSet> MetricStore::parts() const {
  const ReaderMutexLock lock(&view_mutex_);
  return parts_;
}

void MetricStore::NoteDamage(const std::vector<std::string>& damage) const {
  for (const std::string& line : damage) LogError("tsdb", "{}", line);
  const MutexLock lock(&stats_mutex_);
  for (const std::string& line : damage) {
    const bool is_known = std::find(damage_.begin(), damage_.end(), line) != damage_.end();
    if (!is_known && damage_.size() < wal::kMaxDamageNamed) damage_.push_back(line);
  }
}

std::vector<std::string> MetricStore::damage() const {
  const ReaderMutexLock lock(&stats_mutex_);
  return damage_;
}

MetricStoreStats MetricStore::Stats() const {
  MetricStoreStats stats;
  {
    const ReaderMutexLock lock(&stats_mutex_);
    stats = stats_;
  }
  stats.head = head_.Stats(options_.clock->NowMs());
  stats.thinned_exemplars += stats.head.thinned_exemplars;
  stats.log_bytes = log_->bytes();
  stats.log_segments = log_->segments().size();
  stats.log_syncs = log_->syncs();
  stats.log_writes = log_->writes();
  const std::shared_ptr<const PartSet> set = parts();
  stats.parts = set->parts().size();
  stats.tombstones = set->tombstones().size();
  for (const auto& part : set->parts()) {
    stats.part_bytes += part->info().bytes;
    stats.part_sample_bytes += part->info().sample_bytes;
    stats.part_index_bytes += part->info().index_bytes;
    stats.part_exemplar_bytes += part->info().exemplar_bytes;
    stats.part_series += part->info().series;
    stats.part_samples += part->info().samples;
    stats.part_exemplars += part->info().exemplars;
  }
  return stats;
}

}  // namespace glint::tsdb
