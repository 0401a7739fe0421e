#include "tsdb/manifest.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/log.h"
#include "tsdb/manifest_record.h"

namespace glint::tsdb {
namespace {

// Below this nobody minds history.
constexpr uint64_t kMinRewriteBytes = 64 << 10;
constexpr uint64_t kMaxTimesFresh = 4;

std::vector<Tombstone> AllOf(const std::map<uint64_t, Tombstone>& tombstones) {
  std::vector<Tombstone> out;
  for (const auto& [id, tombstone] : tombstones) out.push_back(tombstone);
  return out;
}

ManifestState After(const ManifestChange& change, ManifestState state) {
  for (const uint64_t id : change.removed_parts) state.parts.erase(id);
  for (const uint64_t id : change.added_parts) {
    state.parts.insert(id);
    state.next_part_id = std::max(state.next_part_id, id + 1);
  }
  for (const uint64_t id : change.removed_tombstones) state.tombstones.erase(id);
  for (const Tombstone& tombstone : change.added_tombstones) {
    state.tombstones.emplace(tombstone.id, tombstone);
    state.next_tombstone_id = std::max(state.next_tombstone_id, tombstone.id + 1);
  }
  state.first_log_segment = std::max(state.first_log_segment, change.first_log_segment);
  state.next_part_id = std::max(state.next_part_id, change.next_part_id);
  return state;
}

}  // namespace

Manifest::Manifest(FileSystem& files, std::string folder)
    : files_(files), folder_(std::move(folder)), path_(folder_ + "/MANIFEST") {}

StatusOr<std::unique_ptr<Manifest>> Manifest::Open(FileSystem& files, const std::string& folder) {
  std::unique_ptr<Manifest> manifest(new Manifest(files, folder));
  StatusOr<std::unique_ptr<File>> file = files.Open(manifest->path_, OpenMode::kWrite);
  if (file.ok()) {
    manifest->file_ = *std::move(file);
    RETURN_IF_ERROR(manifest->Read());
  } else if (file.status().code() == StatusCode::kNotFound) {
    RETURN_IF_ERROR(files.MakeFolder(folder));
    RETURN_IF_ERROR(manifest->Rewrite());
    if (manifest->folder_is_dirty_) RETURN_IF_ERROR(files.SyncFolder(folder));
    manifest->folder_is_dirty_ = false;
  } else {
    return file.status();
  }
  return manifest;
}

Status Manifest::Read() {
  ASSIGN_OR_RETURN(const uint64_t size, file_->Size());
  if (size > kMaxManifestBytes) {
    return DataLoss("{}: {} bytes, at most {} are believed", path_, size, kMaxManifestBytes);
  }
  ASSIGN_OR_RETURN(const std::string bytes, file_->Read(0, size));
  StatusOr<ManifestContent> content = ReadManifest(bytes);
  if (!content.ok()) return content.status().At(path_);
  state_ = std::move(content->state);
  sequence_ = content->sequence;
  end_ = content->end;
  must_rewrite_ = content->first_damage != 0;
  first_damage_ = content->first_damage;
  for (const std::string& line : content->damage) {
    damage_.push_back(fmt::format("{}: {}", path_, line));
    LogError("tsdb", "damaged: {}", damage_.back());
  }
  // Of a rewriting that a crash ended. Mostly it is not there.
  if (files_.Remove(path_ + ".new").ok()) LogWarn("tsdb", "{}.new: removed", path_);
  // Nobody knows whether the rewriting before synced it.
  folder_is_dirty_ = true;
  tail_is_dirty_ = end_ < size;
  if (tail_is_dirty_) {
    LogWarn("tsdb", "{}: a torn change at {} is cut off, {} bytes", path_, end_, size - end_);
    // A disk that refuses is asked again before the next write.
    if (const Status cut = RepairTail(); !cut.ok()) {
      LogWarn("tsdb", "a torn change stays for now: {}", cut.message());
    }
  }
  RewriteIfHistory();
  return OkStatus();
}

Status Manifest::Check(const ManifestChange& change) const {
  std::set<uint64_t> added;
  for (const uint64_t id : change.added_parts) {
    const bool is_new = id >= state_.next_part_id || taken_parts_.count(id) > 0;
    if (id == 0 || id == UINT64_MAX || !is_new || !added.insert(id).second) {
      return InvalidArgument("{}: part {} is added, but ids below {} are used", path_, id,
                             state_.next_part_id);
    }
  }
  for (const uint64_t id : change.removed_parts) {
    if (state_.parts.count(id) == 0) {
      return InvalidArgument("{}: part {} is removed, but not live", path_, id);
    }
  }
  uint64_t next = state_.next_tombstone_id;
  for (const Tombstone& tombstone : change.added_tombstones) {
    if (tombstone.id < next || tombstone.id == UINT64_MAX) {
      return InvalidArgument("{}: tombstone {} is added, but ids below {} are used", path_,
                             tombstone.id, next);
    }
    next = tombstone.id + 1;
    const auto is_empty = [](const auto& set) { return set.empty(); };
    if (std::ranges::any_of(tombstone.any_of, is_empty)) {
      return InvalidArgument("{}: tombstone {} has a set without matchers", path_, tombstone.id);
    }
  }
  for (const uint64_t id : change.removed_tombstones) {
    if (state_.tombstones.count(id) == 0) {
      return InvalidArgument("{}: tombstone {} is removed, but not there", path_, id);
    }
  }
  return OkStatus();
}

Status Manifest::RepairTail() {
  RETURN_IF_ERROR(file_->Truncate(end_));
  RETURN_IF_ERROR(file_->Sync());
  tail_is_dirty_ = false;
  return OkStatus();
}

Status Manifest::Apply(const ManifestChange& change) {
  RETURN_IF_ERROR(Check(change));
  ManifestState after = After(change, state_);
  if (!change.added_tombstones.empty()) {
    const size_t all = EncodeManifestRecord(0, after, AllOf(after.tombstones)).size();
    if (all > kMaxManifestRecordBytes) {
      return Status(StatusCode::kResourceExhausted,
                    fmt::format("{}: parts and deletions would take {} bytes, at most {}; clean "
                                "tombstones first",
                                path_, all, kMaxManifestRecordBytes));
    }
  }
  if (folder_is_dirty_) {
    RETURN_IF_ERROR(files_.SyncFolder(folder_));
    folder_is_dirty_ = false;
  }
  if (tail_is_dirty_) RETURN_IF_ERROR(RepairTail());
  std::string bytes;
  FrameManifestRecord(end_, EncodeManifestRecord(sequence_ + 1, after, change.added_tombstones),
                      bytes);
  Status written = file_->Write(end_, bytes);
  if (written.ok()) written = file_->Sync();
  if (!written.ok()) {
    tail_is_dirty_ = true;
    if (const Status cut = RepairTail(); !cut.ok()) {
      LogWarn("tsdb", "a refused change stays until the next one: {}", cut.message());
    }
    return written;
  }
  end_ += bytes.size();
  ++sequence_;
  for (const uint64_t id : change.added_parts) taken_parts_.erase(id);
  state_ = std::move(after);
  RewriteIfHistory();
  return OkStatus();
}

uint64_t Manifest::TakePartId() {
  const uint64_t id = state_.next_part_id++;
  taken_parts_.insert(id);
  return id;
}

void Manifest::RewriteIfHistory() {
  if (!must_rewrite_) {
    if (end_ < std::max(kMinRewriteBytes, rewrite_at_)) return;
    const std::string all = EncodeManifestRecord(sequence_, state_, AllOf(state_.tombstones));
    rewrite_at_ = kMaxTimesFresh * 2 * all.size();
    if (end_ < rewrite_at_) return;
  }
  // What is there is as good, only longer: the next change tries again.
  if (const Status rewritten = Rewrite(); !rewritten.ok()) {
    LogWarn("tsdb", "the manifest keeps its history: {}", rewritten.message());
  }
}

Status Manifest::Rewrite() {
  const std::string path = path_ + ".new";
  std::string bytes = ManifestHeader();
  FrameManifestRecord(bytes.size(),
                      EncodeManifestRecord(sequence_, state_, AllOf(state_.tombstones)), bytes);
  ASSIGN_OR_RETURN(std::unique_ptr<File> file, files_.Open(path, OpenMode::kCreate));
  Status status = file->Write(0, bytes);
  if (status.ok()) status = file->Sync();
  if (status.ok() && !damage_.empty() && must_rewrite_) {
    const std::string kept = fmt::format("{}.at-{}.corrupt", path_, first_damage_);
    // It may be there since an earlier try; and not to have it is not worth a store.
    if (const Status linked = files_.Link(path_, kept); !linked.ok()) {
      LogWarn("tsdb", "the damaged manifest is not kept: {}", linked.message());
    }
  }
  if (status.ok()) status = files_.Rename(path, path_);
  if (!status.ok()) {
    if (const Status removed = files_.Remove(path); !removed.ok()) {
      LogWarn("tsdb", "left behind: {}", removed.message());
    }
    return status;
  }
  // Under its new name, for messages; the old handle is the same file.
  StatusOr<std::unique_ptr<File>> renamed = files_.Open(path_, OpenMode::kWrite);
  file_ = renamed.ok() ? *std::move(renamed) : std::move(file);
  end_ = bytes.size();
  tail_is_dirty_ = false;
  must_rewrite_ = false;
  // Either name leads to the same state until something is appended: Apply() asks again.
  folder_is_dirty_ = true;
  if (const Status synced = files_.SyncFolder(folder_); !synced.ok()) {
    LogWarn("tsdb", "synced before the next change: {}", synced.message());
  } else {
    folder_is_dirty_ = false;
  }
  return OkStatus();
}

}  // namespace glint::tsdb
