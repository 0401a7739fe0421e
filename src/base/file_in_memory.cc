#include "base/file_in_memory.h"

#include <algorithm>
#include <set>
#include <utility>

namespace glint {
namespace {

constexpr size_t kSector = 512;

std::string FolderOf(const std::string& path) { return path.substr(0, path.rfind('/')); }

}  // namespace

class InMemoryFile final : public File {
 public:
  InMemoryFile(InMemoryFileSystem& files, std::shared_ptr<InMemoryFileSystem::Node> node,
               std::string path, uint64_t epoch)
      : files_(files), node_(std::move(node)), path_(std::move(path)), epoch_(epoch) {}

  StatusOr<std::string> Read(uint64_t offset, size_t length) const override {
    const std::lock_guard lock(files_.mutex_);
    RETURN_IF_ERROR(CheckPower());
    RETURN_IF_ERROR(InMemoryFileSystem::Fail(files_.failing_reads_, "reading", path_));
    return offset >= node_->now.size() ? std::string() : node_->now.substr(offset, length);
  }

  Status Write(uint64_t offset, std::string_view data) override {
    const std::lock_guard lock(files_.mutex_);
    RETURN_IF_ERROR(CheckPower());
    RETURN_IF_ERROR(InMemoryFileSystem::Fail(files_.failing_changes_, "writing", path_));
    std::string& now = node_->now;
    const uint64_t room = files_.capacity_ - std::min(files_.capacity_, files_.UsedLocked());
    const uint64_t fits =
        std::min<uint64_t>(data.size(), room + (now.size() > offset ? now.size() - offset : 0));
    if (fits > 0 && now.size() < offset + fits) now.resize(offset + fits);
    now.replace(std::min<size_t>(offset, now.size()), fits, data.substr(0, fits));
    MarkDirty(offset, offset + fits);
    if (fits < data.size()) return Unavailable("writing {}: No space left on device", path_);
    return OkStatus();
  }

  Status Sync() override {
    const std::lock_guard lock(files_.mutex_);
    RETURN_IF_ERROR(CheckPower());
    RETURN_IF_ERROR(InMemoryFileSystem::Fail(files_.failing_syncs_, "syncing", path_));
    InMemoryFileSystem::Node& node = *node_;
    node.synced.resize(node.now.size());
    const uint64_t end = std::min<uint64_t>(node.dirty_end, node.now.size());
    if (node.dirty_begin < end) {
      const uint64_t length = end - node.dirty_begin;
      node.synced.replace(node.dirty_begin, length, node.now, node.dirty_begin, length);
    }
    node.dirty_begin = UINT64_MAX;
    node.dirty_end = 0;
    return OkStatus();
  }

  Status Truncate(uint64_t size) override {
    const std::lock_guard lock(files_.mutex_);
    RETURN_IF_ERROR(CheckPower());
    RETURN_IF_ERROR(InMemoryFileSystem::Fail(files_.failing_changes_, "truncating", path_));
    MarkDirty(std::min<uint64_t>(size, node_->now.size()), UINT64_MAX);
    node_->now.resize(size);
    return OkStatus();
  }

  Status Preallocate(uint64_t size) override {
    const std::lock_guard lock(files_.mutex_);
    RETURN_IF_ERROR(CheckPower());
    RETURN_IF_ERROR(InMemoryFileSystem::Fail(files_.failing_changes_, "preallocating", path_));
    if (size <= node_->now.size()) return OkStatus();
    if (files_.UsedLocked() + size - node_->now.size() > files_.capacity_) {
      return Unavailable("preallocating {}: No space left on device", path_);
    }
    MarkDirty(node_->now.size(), size);
    node_->now.resize(size);
    return OkStatus();
  }

  StatusOr<uint64_t> Size() const override {
    const std::lock_guard lock(files_.mutex_);
    RETURN_IF_ERROR(CheckPower());
    return node_->now.size();
  }

  const std::string& path() const override { return path_; }

 private:
  void MarkDirty(uint64_t begin, uint64_t end) {
    node_->dirty_begin = std::min(node_->dirty_begin, begin);
    node_->dirty_end = std::max(node_->dirty_end, end);
  }

  Status CheckPower() const {
    if (epoch_ == files_.epoch_) return OkStatus();
    return Unavailable("{}: opened before the power loss", path_);
  }

  InMemoryFileSystem& files_;
  const std::shared_ptr<InMemoryFileSystem::Node> node_;
  const std::string path_;
  const uint64_t epoch_;
};

Status InMemoryFileSystem::Fail(int& failing, std::string_view what, const std::string& path) {
  if (failing == 0) return OkStatus();
  --failing;
  return DataLoss("{} {}: Input/output error", what, path);
}

StatusOr<std::unique_ptr<File>> InMemoryFileSystem::Open(const std::string& path, OpenMode mode) {
  const std::lock_guard lock(mutex_);
  auto found = names_.find(path);
  if (found == names_.end() && mode != OpenMode::kCreate) {
    return NotFound("opening {}: No such file or directory", path);
  }
  if (mode == OpenMode::kCreate) {
    RETURN_IF_ERROR(Fail(failing_changes_, "opening", path));
    if (found == names_.end()) {
      found = names_.emplace(path, std::make_shared<Node>()).first;
      unsynced_.push_back({"", path, found->second});
    } else {
      found->second->now.clear();
      found->second->dirty_begin = 0;
      found->second->dirty_end = UINT64_MAX;
    }
  }
  return std::unique_ptr<File>(std::make_unique<InMemoryFile>(*this, found->second, path, epoch_));
}

namespace {

class CopiedFile final : public FileView {
 public:
  explicit CopiedFile(std::string bytes) : bytes_(std::move(bytes)) {}
  std::string_view bytes() const override { return bytes_; }

 private:
  const std::string bytes_;
};

}  // namespace

StatusOr<std::shared_ptr<const FileView>> InMemoryFileSystem::Map(const std::string& path) {
  ASSIGN_OR_RETURN(const std::unique_ptr<File> file, Open(path, OpenMode::kRead));
  ASSIGN_OR_RETURN(std::string bytes, file->Read(0, SIZE_MAX));
  return std::shared_ptr<const FileView>(std::make_shared<CopiedFile>(std::move(bytes)));
}

Status InMemoryFileSystem::Link(const std::string& from, const std::string& to) {
  const std::lock_guard lock(mutex_);
  const auto found = names_.find(from);
  if (found == names_.end()) return NotFound("linking {}: No such file or directory", from);
  RETURN_IF_ERROR(Fail(failing_changes_, "linking", from));
  if (!names_.try_emplace(to, found->second).second) {
    return DataLoss("linking {}: File exists", from);
  }
  unsynced_.push_back({"", to, found->second});
  return OkStatus();
}

Status InMemoryFileSystem::Rename(const std::string& from, const std::string& to) {
  const std::lock_guard lock(mutex_);
  const auto found = names_.find(from);
  if (found == names_.end()) return NotFound("renaming {}: No such file or directory", from);
  RETURN_IF_ERROR(Fail(failing_changes_, "renaming", from));
  const std::shared_ptr<Node> node = found->second;
  names_.erase(found);
  names_[to] = node;
  unsynced_.push_back({from, to, node});
  return OkStatus();
}

Status InMemoryFileSystem::Remove(const std::string& path) {
  const std::lock_guard lock(mutex_);
  const auto found = names_.find(path);
  if (found == names_.end()) return NotFound("removing {}: No such file or directory", path);
  RETURN_IF_ERROR(Fail(failing_changes_, "removing", path));
  unsynced_.push_back({path, "", found->second});
  names_.erase(found);
  return OkStatus();
}

StatusOr<std::vector<std::string>> InMemoryFileSystem::List(const std::string& folder) {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> out;
  for (const auto& [path, node] : names_) {
    if (FolderOf(path) == folder) out.push_back(path.substr(folder.size() + 1));
  }
  return out;
}

Status InMemoryFileSystem::MakeFolder(const std::string&) { return OkStatus(); }

void InMemoryFileSystem::SyncChange(const NameChange& change) {
  const auto from = synced_names_.find(change.from);
  if (from != synced_names_.end() && from->second == change.node) synced_names_.erase(from);
  if (!change.to.empty()) synced_names_[change.to] = change.node;
}

void InMemoryFileSystem::SyncChangesIf(const std::function<bool(const NameChange&)>& chosen) {
  std::vector<NameChange> left;
  for (NameChange& change : unsynced_) {
    if (chosen(change)) {
      SyncChange(change);
    } else {
      left.push_back(std::move(change));
    }
  }
  unsynced_ = std::move(left);
}

Status InMemoryFileSystem::SyncFolder(const std::string& folder) {
  const std::lock_guard lock(mutex_);
  RETURN_IF_ERROR(Fail(failing_syncs_, "syncing", folder));
  SyncChangesIf([&](const NameChange& change) {
    return FolderOf(change.from) == folder || FolderOf(change.to) == folder;
  });
  return OkStatus();
}

// Each sector, and the length, is the synced one or the written one.
void InMemoryFileSystem::LoseUnsynced(Node& node) {
  const size_t length = random_() % 2 == 0 ? node.now.size() : node.synced.size();
  std::string left(length, '\0');
  for (size_t at = 0; at < length; at += kSector) {
    const std::string& source = random_() % 2 == 0 ? node.now : node.synced;
    if (at < source.size()) {
      left.replace(at, std::min({kSector, source.size() - at, length - at}), source, at,
                   std::min(kSector, length - at));
    }
  }
  left.resize(length);
  node = Node{left, left};
}

void InMemoryFileSystem::LosePower() {
  const std::lock_guard lock(mutex_);
  ++epoch_;
  std::set<const Node*> lost;
  for (const NameChange& change : unsynced_) {
    if (random_() % 2 == 0) lost.insert(change.node.get());
    if (lost.count(change.node.get()) == 0) SyncChange(change);
  }
  unsynced_.clear();
  names_ = synced_names_;
  for (const auto& [path, node] : names_) LoseUnsynced(*node);
}

uint64_t InMemoryFileSystem::UsedLocked() const {
  uint64_t used = 0;
  std::set<const Node*> counted;
  for (const auto& [path, node] : names_) {
    if (counted.insert(node.get()).second) used += node->now.size();
  }
  return used;
}

uint64_t InMemoryFileSystem::used_bytes() const {
  const std::lock_guard lock(mutex_);
  return UsedLocked();
}

void InMemoryFileSystem::SetCapacity(uint64_t bytes) {
  const std::lock_guard lock(mutex_);
  capacity_ = bytes;
}

void InMemoryFileSystem::FailReads(int count) {
  const std::lock_guard lock(mutex_);
  failing_reads_ = count;
}

void InMemoryFileSystem::FailSyncs(int count) {
  const std::lock_guard lock(mutex_);
  failing_syncs_ = count;
}

void InMemoryFileSystem::FailChanges(int count) {
  const std::lock_guard lock(mutex_);
  failing_changes_ = count;
}

std::string InMemoryFileSystem::Content(const std::string& path) const {
  const std::lock_guard lock(mutex_);
  return names_.at(path)->now;
}

void InMemoryFileSystem::SetContent(const std::string& path, std::string content) {
  const std::lock_guard lock(mutex_);
  SyncChangesIf([&](const NameChange& change) { return change.from == path || change.to == path; });
  std::shared_ptr<Node>& node = names_[path];
  node = std::make_shared<Node>(Node{content, content});
  synced_names_[path] = node;
}

void InMemoryFileSystem::FlipBit(const std::string& path, uint64_t bit) {
  const std::lock_guard lock(mutex_);
  Node& node = *names_.at(path);
  node.now[bit / 8] ^= static_cast<char>(1 << (bit % 8));
  if (bit / 8 < node.synced.size()) node.synced[bit / 8] ^= static_cast<char>(1 << (bit % 8));
}

}  // namespace glint
