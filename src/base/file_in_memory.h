// A disk in memory that can be made to fail as real ones do. For tests: of every store that takes
// a FileSystem.
//
// Written bytes are readable at once but survive LosePower() only when they were synced; that a
// file was made, renamed, linked or removed survives only when its folder was. What was not synced
// survives by chance: bytes sector by sector, so torn and reordered writes, as on a disk with a
// cache; names change by change, but a rename as one, and of one file no change without those
// before it, as in the journal of a file system.
//
// Thread-safe.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"

namespace glint {

class InMemoryFileSystem final : public FileSystem {
 public:
  explicit InMemoryFileSystem(uint64_t seed = 0) : random_(seed) {}

  StatusOr<std::unique_ptr<File>> Open(const std::string& path, OpenMode mode) override;
  // As the file is now; counts as one read.
  StatusOr<std::shared_ptr<const FileView>> Map(const std::string& path) override;
  Status Link(const std::string& from, const std::string& to) override;
  Status Rename(const std::string& from, const std::string& to) override;
  Status Remove(const std::string& path) override;
  StatusOr<std::vector<std::string>> List(const std::string& folder) override;
  Status MakeFolder(const std::string& folder) override;
  Status SyncFolder(const std::string& folder) override;

  // What a machine finds after its power went. Files opened before answer UNAVAILABLE.
  void LosePower();

  // Room for this many bytes in all files; a write beyond stores what fits, then is UNAVAILABLE.
  void SetCapacity(uint64_t bytes);
  uint64_t used_bytes() const;
  // The next `count` of them are DATA_LOSS: reads and maps; syncs of files and folders; changes, to
  // the bytes of a file (nothing of them is done) or to names.
  void FailReads(int count);
  void FailSyncs(int count);
  void FailChanges(int count);

  // The content of a file, to look at and to damage. REQUIRES: it exists.
  std::string Content(const std::string& path) const;
  void SetContent(const std::string& path, std::string content);
  void FlipBit(const std::string& path, uint64_t bit);

 private:
  friend class InMemoryFile;
  struct Node {
    std::string now;
    std::string synced;
    // Where they may differ, besides in length.
    uint64_t dirty_begin = UINT64_MAX;
    uint64_t dirty_end = 0;
  };
  using Names = std::map<std::string, std::shared_ptr<Node>>;
  struct NameChange {
    std::string from;  // Empty: made or linked.
    std::string to;    // Empty: removed.
    std::shared_ptr<Node> node;
  };

  // Counts one off: the error that was asked for.
  static Status Fail(int& failing, std::string_view what, const std::string& path);
  void SyncChange(const NameChange& change);
  void SyncChangesIf(const std::function<bool(const NameChange&)>& chosen);
  uint64_t UsedLocked() const;
  void LoseUnsynced(Node& node);

  mutable std::mutex mutex_;  // Guards all below, and every Node.
  std::mt19937_64 random_;
  Names names_;
  Names synced_names_;
  std::vector<NameChange> unsynced_;  // In order, between the two.
  uint64_t epoch_ = 0;                // Files of an older one belong to before the power loss.
  uint64_t capacity_ = UINT64_MAX;
  int failing_reads_ = 0;
  int failing_syncs_ = 0;
  int failing_changes_ = 0;
};

}  // namespace glint
