// Files and folders: the one way by which stores touch the disk, so that tests can put a bad disk
// under them (file_in_memory.h).
//
// Every error names the path and the operating system's reason. A full disk is UNAVAILABLE, a
// missing file NOT_FOUND, anything else of the device DATA_LOSS.
//
// A FileSystem is thread-safe. A File may be read by many threads; writes are one at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace glint {

class File {
 public:
  virtual ~File() = default;  // Closes.

  // `length` bytes from `offset`; fewer where the file ends.
  virtual StatusOr<std::string> Read(uint64_t offset, size_t length) const = 0;
  // On error any part of `data` may have been written.
  virtual Status Write(uint64_t offset, std::string_view data) = 0;
  // What was written survives a power loss once this is OK. After an error nobody knows.
  virtual Status Sync() = 0;
  // Cuts, or grows with zeros that take no room.
  virtual Status Truncate(uint64_t size) = 0;
  // Grows to `size` with zeros whose room is taken, so that a later write finds it.
  virtual Status Preallocate(uint64_t size) = 0;
  virtual StatusOr<uint64_t> Size() const = 0;

  virtual const std::string& path() const = 0;
};

// The whole of a file that nobody changes any more, in memory while this lives. Thread-safe.
class FileView {
 public:
  virtual ~FileView() = default;
  virtual std::string_view bytes() const = 0;
};

enum class OpenMode : uint8_t {
  kRead,
  kWrite,   // Reading too; the file exists.
  kCreate,  // Reading and writing; made when it is not there, emptied when it is.
};

class FileSystem {
 public:
  virtual ~FileSystem() = default;

  virtual StatusOr<std::unique_ptr<File>> Open(const std::string& path, OpenMode mode) = 0;
  // Pages are read when they are touched, and are the operating system's to drop. The file may be
  // removed meanwhile; it is not to be shortened.
  virtual StatusOr<std::shared_ptr<const FileView>> Map(const std::string& path) = 0;
  // The same file under a second name; `to` does not exist. Neither is written to from now on.
  virtual Status Link(const std::string& from, const std::string& to) = 0;
  // Replaces `to` when it exists.
  virtual Status Rename(const std::string& from, const std::string& to) = 0;
  virtual Status Remove(const std::string& path) = 0;
  // Names of what is in the folder, ascending, without the folder.
  virtual StatusOr<std::vector<std::string>> List(const std::string& folder) = 0;
  // With those above it; one that exists is fine.
  virtual Status MakeFolder(const std::string& folder) = 0;
  // Makes creating, renaming and removing in it survive a power loss.
  virtual Status SyncFolder(const std::string& folder) = 0;
};

// The machine's own. Lives for ever.
FileSystem& PosixFileSystem();

}  // namespace glint
