// What the store does in the background: the head into parts, parts into fewer, the oldest away.
#include <algorithm>
#include <chrono>
#include <set>

#include "base/log.h"
#include "tsdb/merge_time_slice.h"
#include "tsdb/metric_store.h"

namespace glint::tsdb {

using model::TimeMs;

namespace {

constexpr int64_t kPauseAfterFailureMs = 5 * 60 * 1000;

}  // namespace

void MetricStore::Maintain() {
  const MutexLock lock(&work_mutex_);
  const TimeMs now = options_.clock->NowMs();
  ApplyRetention(now);
  if (IsTimeToFlush(now)) {
    if (const Status flushed = FlushLocked(); !flushed.ok()) {
      LogWarn("tsdb", "the head is not written out yet: {}", flushed.ToString());
      return;
    }
  }
  if (now < compact_again_) return;
  if (const Status compacted = CompactAll(/*clean=*/false);
      !compacted.ok() && compacted.code() != StatusCode::kCancelled) {
    LogWarn("tsdb", "not compacted: {}", compacted.ToString());
    // Near a full disk it would take the room that the log needs.
    compact_again_ = now + kPauseAfterFailureMs;
  }
}

Status MetricStore::Flush() {
  const MutexLock lock(&work_mutex_);
  return FlushLocked();
}

Status MetricStore::FlushLocked() {
  // What a failure left frozen is not all: more has arrived since.
  if (frozen_until_segment_ != 0) RETURN_IF_ERROR(FlushFrozen());
  const TimeMs now = options_.clock->NowMs();
  Status frozen = OkStatus();
  uint64_t until = 0;  // 0: nothing was there to freeze.
  commits_.RunAlone([&] {
    const auto next = log_->EndSegment();
    if (!next.ok()) {
      frozen = next.status();
      return;
    }
    if (head_.Freeze(now)) until = *next;
    head_since_ = now;
  });
  RETURN_IF_ERROR(frozen);
  frozen_until_segment_ = until;
  if (until != 0) return FlushFrozen();
  const uint64_t forgotten = head_.ForgetUnused(now);
  const MutexLock lock(&stats_mutex_);
  stats_.forgotten_series += forgotten;
  return OkStatus();
}

Status MetricStore::FlushFrozen() {
  std::vector<std::shared_ptr<const Part>> written;
  ManifestChange change;
  change.first_log_segment = frozen_until_segment_;
  Status done = WriteFrozen(written, change.added_parts);
  if (done.ok()) {
    done = MakeDurable(change);
  } else {
    Discard(change.added_parts);
  }
  if (!done.ok()) {
    const MutexLock lock(&stats_mutex_);
    ++stats_.failed_flushes;
    return done;
  }
  uint64_t bytes = 0;
  for (const auto& part : written) bytes += part->info().bytes;
  uint64_t forgotten = 0;
  {
    std::vector<std::string> warnings;
    std::vector<std::shared_ptr<const Part>> all = parts()->parts();
    all.insert(all.end(), written.begin(), written.end());
    auto set =
        std::make_shared<const PartSet>(std::move(all), manifest_->state().tombstones, warnings);
    const MutexLock lock(&view_mutex_);
    parts_ = std::move(set);
    forgotten = head_.Thaw(options_.clock->NowMs());
  }
  DropLogBefore(std::exchange(frozen_until_segment_, 0));
  const MutexLock lock(&stats_mutex_);
  ++stats_.flushes;
  stats_.flushed_bytes += bytes;
  stats_.forgotten_series += forgotten;
  return OkStatus();
}

Status MetricStore::WriteFrozen(std::vector<std::shared_ptr<const Part>>& written,
                                std::vector<uint64_t>& ids) {
  const std::unique_ptr<PartSource> source = head_.FrozenSource();
  const model::TimeRange time = head_.FrozenTime();
  TimeMs from = std::max(time.start, head_.floor());
  while (from <= time.end) {
    const model::TimeRange partition = PartitionOf(from, kSmallPartitionMs);
    TimeSlice slice(*source, partition);
    const PartWriteOptions options{.files = options_.files, .id = manifest_->TakePartId()};
    ASSIGN_OR_RETURN(const PartInfo info, WritePart(options_.folder, slice, options));
    const std::string path = options_.folder + "/" + PartName(info.id);
    if (info.series == 0) {
      RETURN_IF_ERROR(options_.files->Remove(path));
    } else {
      ids.push_back(info.id);
      ASSIGN_OR_RETURN(auto part, Part::Open(*options_.files, path));
      written.push_back(std::move(part));
    }
    if (partition.end == model::kMaxTimeMs) break;
    from = partition.end + 1;
  }
  return OkStatus();
}

void MetricStore::DropLogBefore(uint64_t segment) {
  commits_.RunAlone([&] {
    for (const wal::SegmentInfo& held : log_->segments()) {
      if (held.id >= segment) return;
      if (const Status removed = log_->Remove(held.id); !removed.ok()) {
        LogWarn("tsdb", "{}", removed.ToString());
      }
    }
  });
}

Status MetricStore::MakeDurable(const ManifestChange& change) {
  Status applied = manifest_->Apply(change);
  if (!applied.ok()) {
    refused_parts_.insert(refused_parts_.end(), change.added_parts.begin(),
                          change.added_parts.end());
  }
  if (!manifest_->may_hold_refused()) Discard(std::exchange(refused_parts_, {}));
  return applied;
}

void MetricStore::Discard(const std::vector<uint64_t>& parts) {
  for (const uint64_t id : parts) {
    const std::string path = options_.folder + "/" + PartName(id);
    if (const Status removed = options_.files->Remove(path); !removed.ok()) {
      LogWarn("tsdb", "left until the next start: {}", removed.ToString());
    }
  }
}

Status MetricStore::Change(const ManifestChange& change,
                           std::vector<std::shared_ptr<const Part>> added) {
  RETURN_IF_ERROR(MakeDurable(change));
  const std::set<uint64_t> gone(change.removed_parts.begin(), change.removed_parts.end());
  std::vector<std::shared_ptr<const Part>> kept;
  std::vector<std::shared_ptr<const Part>> removed;
  for (const auto& part : parts()->parts()) {
    (gone.count(part->info().id) > 0 ? removed : kept).push_back(part);
  }
  kept.insert(kept.end(), added.begin(), added.end());
  std::vector<std::string> warnings;
  auto set =
      std::make_shared<const PartSet>(std::move(kept), manifest_->state().tombstones, warnings);
  NoteDamage(warnings);
  {
    const MutexLock lock(&view_mutex_);
    parts_ = std::move(set);
  }
  for (const auto& part : removed) {
    if (const Status status = options_.files->Remove(part->path()); !status.ok()) {
      LogWarn("tsdb", "{}", status.ToString());
    }
  }
  return OkStatus();
}

void MetricStore::ApplyRetention(TimeMs now) {
  const TimeMs floor = now - options_.retention_ms;
  head_.SetFloor(floor);
  std::vector<PartInfo> infos;
  for (const auto& part : parts()->parts()) infos.push_back(part->info());
  ManifestChange change;
  change.removed_parts = PartsToDrop(infos, floor, options_.max_part_bytes);
  if (change.removed_parts.empty()) return;
  uint64_t samples = 0;
  for (const PartInfo& info : infos) {
    const auto& gone = change.removed_parts;
    if (std::binary_search(gone.begin(), gone.end(), info.id)) samples += info.samples;
  }
  if (const Status changed = Change(change, {}); !changed.ok()) {
    LogWarn("tsdb", "retention: {}", changed.ToString());
    return;
  }
  const MutexLock lock(&stats_mutex_);
  stats_.dropped_parts += change.removed_parts.size();
  stats_.dropped_part_samples += samples;
}

Status MetricStore::CompactAll(bool clean) {
  while (!stop_.stop_requested()) {
    const std::shared_ptr<const PartSet> set = parts();
    const TimeMs now = options_.clock->NowMs();
    const CompactionPlan plan =
        clean ? PlanClean(set->parts(), set->tombstones())
              : PlanCompaction(set->parts(), set->tombstones(), now, options_.out_of_order_ms);
    if (plan.parts.empty()) return OkStatus();
    RETURN_IF_ERROR(CompactOnce(plan));
  }
  return Cancelled("shutting down");
}

Status MetricStore::CompactOnce(const CompactionPlan& plan) {
  const auto start = std::chrono::steady_clock::now();
  const std::shared_ptr<const PartSet> set = parts();
  const CompactionLimits limits{.now = options_.clock->NowMs(), .floor = head_.floor()};
  const PartWriteOptions options{.files = options_.files, .id = manifest_->TakePartId()};
  const auto result =
      Compact(plan.parts, set->tombstones(), limits, options_.folder, options, stop_.get_token());
  if (!result.ok()) {
    const MutexLock lock(&stats_mutex_);
    ++stats_.failed_compactions;
    return result.status();
  }
  ManifestChange change;
  for (const auto& part : plan.parts) change.removed_parts.push_back(part->info().id);
  std::vector<std::shared_ptr<const Part>> added;
  if (result->part.series > 0) {
    ASSIGN_OR_RETURN(added.emplace_back(),
                     Part::Open(*options_.files, options_.folder + "/" + PartName(options.id)));
    change.added_parts.push_back(options.id);
  }
  RETURN_IF_ERROR(Change(change, added));
  // A tombstone that deletes nothing any more has done its work; but a part that cannot be read now
  // may be read one day.
  const bool all_are_read = parts()->parts().size() == manifest_->state().parts.size();
  if (!set->tombstones().empty() && all_are_read) {
    ManifestChange spent;
    spent.removed_tombstones = SpentTombstones(parts()->parts(), set->tombstones());
    if (!spent.removed_tombstones.empty()) RETURN_IF_ERROR(Change(spent, {}));
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  LogDebug("tsdb", "compacted {}: {} bytes", plan.reason, result->part.bytes);
  const MutexLock lock(&stats_mutex_);
  ++stats_.compactions;
  stats_.compaction_seconds += took.count();
  stats_.compacted_bytes += result->part.bytes;
  stats_.deleted_samples += result->deleted_samples;
  stats_.thinned_exemplars += result->thinned_exemplars;
  return OkStatus();
}

}  // namespace glint::tsdb
