// A disk that stops answering at its n-th change: the machine lost its power there. What is left is
// for InMemoryFileSystem::LosePower() to say. Thread-safe, but for setting what fails.
#pragma once

#include <atomic>
#include <climits>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/file_in_memory.h"

namespace glint::tsdb {

class DyingFileSystem final : public FileSystem {
 public:
  explicit DyingFileSystem(InMemoryFileSystem& disk) : disk_(disk) {}

  std::atomic<int> operations = INT_MAX;  // That succeed from now on.

  StatusOr<std::unique_ptr<File>> Open(const std::string& path, OpenMode mode) override {
    if (mode == OpenMode::kCreate) RETURN_IF_ERROR(Step());
    ASSIGN_OR_RETURN(std::unique_ptr<File> file, disk_.Open(path, mode));
    return std::unique_ptr<File>(std::make_unique<DyingFile>(*this, std::move(file)));
  }
  std::string unreadable;  // The path of a file that cannot be mapped.
  StatusOr<std::shared_ptr<const FileView>> Map(const std::string& path) override {
    if (path == unreadable) return DataLoss("mapping {}: Input/output error", path);
    return disk_.Map(path);
  }
  Status Link(const std::string& from, const std::string& to) override {
    RETURN_IF_ERROR(Step());
    return disk_.Link(from, to);
  }
  Status Rename(const std::string& from, const std::string& to) override {
    RETURN_IF_ERROR(Step());
    return disk_.Rename(from, to);
  }
  Status Remove(const std::string& path) override {
    RETURN_IF_ERROR(Step());
    return disk_.Remove(path);
  }
  StatusOr<std::vector<std::string>> List(const std::string& folder) override {
    return disk_.List(folder);
  }
  Status MakeFolder(const std::string& folder) override { return disk_.MakeFolder(folder); }
  Status SyncFolder(const std::string& folder) override {
    RETURN_IF_ERROR(Step());
    return disk_.SyncFolder(folder);
  }

 private:
  class DyingFile final : public File {
   public:
    DyingFile(DyingFileSystem& files, std::unique_ptr<File> file)
        : files_(files), file_(std::move(file)) {}
    StatusOr<std::string> Read(uint64_t offset, size_t length) const override {
      return file_->Read(offset, length);
    }
    // The last write reaches the disk's cache: what is left of it is the disk's choice.
    Status Write(uint64_t offset, std::string_view data) override {
      if (const Status alive = files_.Step(); !alive.ok()) {
        if (files_.operations == -1) (void)file_->Write(offset, data);
        return alive;
      }
      return file_->Write(offset, data);
    }
    Status Sync() override {
      RETURN_IF_ERROR(files_.Step());
      return file_->Sync();
    }
    Status Truncate(uint64_t size) override {
      RETURN_IF_ERROR(files_.Step());
      return file_->Truncate(size);
    }
    Status Preallocate(uint64_t size) override {
      RETURN_IF_ERROR(files_.Step());
      return file_->Preallocate(size);
    }
    StatusOr<uint64_t> Size() const override { return file_->Size(); }
    const std::string& path() const override { return file_->path(); }

   private:
    DyingFileSystem& files_;
    const std::unique_ptr<File> file_;
  };

  Status Step() {
    if (--operations >= 0) return OkStatus();
    return Unavailable("the power is gone");
  }

  InMemoryFileSystem& disk_;
};

}  // namespace glint::tsdb
