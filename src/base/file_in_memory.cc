#include "base/file_in_memory.h"

#include <algorithm>

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
    if (files_.failing_reads_ > 0) {
      --files_.failing_reads_;
      return DataLoss("reading {}: Input/output error", path_);
    }
    return offset >= node_->now.size() ? std::string() : node_->now.substr(offset, length);
  }

  Status Write(uint64_t offset, std::string_view data) override {
    const std::lock_guard lock(files_.mutex_);
    RETURN_IF_ERROR(CheckPower());
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
    if (files_.failing_syncs_ > 0) {
      --files_.failing_syncs_;
      return DataLoss("syncing {}: Input/output error", path_);
    }
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
    MarkDirty(std::min<uint64_t>(size, node_->now.size()), UINT64_MAX);
    node_->now.resize(size);
    return OkStatus();
  }

  Status Preallocate(uint64_t size) override {
    const std::lock_guard lock(files_.mutex_);
    RETURN_IF_ERROR(CheckPower());
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

StatusOr<std::unique_ptr<File>> InMemoryFileSystem::Open(const std::string& path, OpenMode mode) {
  const std::lock_guard lock(mutex_);
  auto found = names_.find(path);
  if (found == names_.end()) {
    if (mode != OpenMode::kCreate) {
      return NotFound("opening {}: No such file or directory", path);
    }
    found = names_.emplace(path, std::make_shared<Node>()).first;
  } else if (mode == OpenMode::kCreate) {
    found->second->now.clear();
    found->second->dirty_begin = 0;
    found->second->dirty_end = UINT64_MAX;
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
  if (!names_.try_emplace(to, found->second).second) {
    return DataLoss("linking {}: File exists", from);
  }
  return OkStatus();
}

Status InMemoryFileSystem::Rename(const std::string& from, const std::string& to) {
  const std::lock_guard lock(mutex_);
  const auto found = names_.find(from);
  if (found == names_.end()) return NotFound("renaming {}: No such file or directory", from);
  const std::shared_ptr<Node> node = found->second;
  names_.erase(found);
  names_[to] = node;
  return OkStatus();
}

Status InMemoryFileSystem::Remove(const std::string& path) {
  const std::lock_guard lock(mutex_);
  if (names_.erase(path) == 0) return NotFound("removing {}: No such file or directory", path);
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

Status InMemoryFileSystem::SyncFolder(const std::string& folder) {
  const std::lock_guard lock(mutex_);
  std::erase_if(synced_names_, [&](const auto& entry) { return FolderOf(entry.first) == folder; });
  for (const auto& [path, node] : names_) {
    if (FolderOf(path) == folder) synced_names_[path] = node;
  }
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
  Names left = synced_names_;
  for (const auto& [path, node] : names_) {
    if (synced_names_.count(path) == 0 && random_() % 2 == 0) left[path] = node;
  }
  for (const auto& [path, node] : left) LoseUnsynced(*node);
  names_ = left;
  synced_names_ = left;
}

uint64_t InMemoryFileSystem::UsedLocked() const {
  uint64_t used = 0;
  for (const auto& [path, node] : names_) used += node->now.size();
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

std::string InMemoryFileSystem::Content(const std::string& path) const {
  const std::lock_guard lock(mutex_);
  return names_.at(path)->now;
}

void InMemoryFileSystem::SetContent(const std::string& path, std::string content) {
  const std::lock_guard lock(mutex_);
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
