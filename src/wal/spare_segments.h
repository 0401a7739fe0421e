// Files of removed segments, kept to become new ones: what is written over blocks that a file has
// already is synced without touching the file system's own tables, in about half the time.
//
// A spare is named NNNNNNNNNNNNNNNN.spare after the segment it was. None outlives a log: closing
// it, and opening what was not closed, removes them.
//
// For one thread at a time, but for the figures, which any may ask for.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "base/status.h"

namespace glint::wal {

class SpareSegments {
 public:
  // `files` outlives this.
  SpareSegments(FileSystem& files, std::string folder, size_t most)
      : files_(files), folder_(std::move(folder)), most_(most) {}

  // Takes the file of segment `id`, of `bytes` bytes, out of the log: kept, or removed when there
  // are enough. `reader` is what others may still read it by.
  Status Keep(uint64_t id, uint64_t bytes, std::shared_ptr<const File> reader);

  // Renames one that nobody reads any more to `path`; its size. None when there is none.
  // The name survives a power loss once the folder is synced: only then is it to be written to.
  std::optional<uint64_t> Take(const std::string& path);

  // Removes those kept here, and any found in the folder.
  void RemoveAll();

  uint64_t bytes() const { return bytes_.load(std::memory_order_relaxed); }
  uint64_t count() const { return count_.load(std::memory_order_relaxed); }

 private:
  struct Spare {
    std::string path;
    uint64_t bytes = 0;
    std::shared_ptr<const File> reader;
  };
  void Forget(size_t index);

  FileSystem& files_;
  const std::string folder_;
  const size_t most_;
  std::vector<Spare> spares_;
  std::atomic<uint64_t> bytes_ = 0;
  std::atomic<uint64_t> count_ = 0;
};

}  // namespace glint::wal
