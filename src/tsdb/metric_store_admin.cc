// Deleting series and taking backups.
#include <algorithm>

#include "tsdb/metric_store.h"

namespace glint::tsdb {

Status MetricStore::Delete(const std::vector<std::vector<model::Matcher>>& any_of,
                           model::TimeRange time) {
  const bool has_empty = std::any_of(any_of.begin(), any_of.end(),
                                     [](const auto& matchers) { return matchers.empty(); });
  if (any_of.empty() || has_empty) {
    return InvalidArgument("deleting needs at least one matcher a selector");
  }
  if (time.start > time.end) return OkStatus();
  const MutexLock lock(&work_mutex_);
  // What has arrived goes into parts first: a tombstone concerns parts alone.
  RETURN_IF_ERROR(FlushLocked());
  const ManifestState& state = manifest_->state();
  if (state.parts.empty()) return OkStatus();
  ManifestChange change;
  change.added_tombstones.push_back({.id = state.next_tombstone_id,
                                     .last_part = state.next_part_id - 1,
                                     .created = options_.clock->NowMs(),
                                     .time = time,
                                     .any_of = any_of});
  RETURN_IF_ERROR(Change(change, {}));
  commits_.RunAlone([this] { head_.ForgetGoneExemplars(); });
  return OkStatus();
}

Status MetricStore::CleanTombstones() {
  const MutexLock lock(&work_mutex_);
  return CompactAll(/*clean=*/true);
}

StatusOr<std::string> MetricStore::Snapshot() {
  const MutexLock lock(&work_mutex_);
  RETURN_IF_ERROR(FlushLocked());
  const std::string folder = fmt::format("{}/snapshots/{}-{:04}", options_.folder,
                                         options_.clock->NowMs(), manifest_->TakePartId());
  FileSystem& files = *options_.files;
  RETURN_IF_ERROR(files.MakeFolder(folder));
  ASSIGN_OR_RETURN(const std::unique_ptr<Manifest> manifest, Manifest::Open(files, folder));
  ManifestChange change;
  for (const auto& part : parts()->parts()) {
    const std::string name = PartName(part->info().id);
    RETURN_IF_ERROR(files.Link(part->path(), folder + "/" + name));
    change.added_parts.push_back(part->info().id);
  }
  for (const auto& [id, tombstone] : manifest_->state().tombstones) {
    change.added_tombstones.push_back(tombstone);
  }
  RETURN_IF_ERROR(files.SyncFolder(folder));
  RETURN_IF_ERROR(manifest->Apply(change));
  return folder;
}

}  // namespace glint::tsdb
