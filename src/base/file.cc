#include "base/file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>

namespace glint {
namespace {

Status ErrorOf(int error, std::string_view what, const std::string& path) {
  const std::string reason = std::generic_category().message(error);
  switch (error) {
    case ENOENT:
      return NotFound("{} {}: {}", what, path, reason);
    case EACCES:
    case EPERM:
    case EROFS:
      return PermissionDenied("{} {}: {}", what, path, reason);
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
    case EMFILE:
    case ENFILE:
    case ENOMEM:
      return Unavailable("{} {}: {}", what, path, reason);
    case ENOTDIR:
    case EISDIR:
    case ENAMETOOLONG:
      return InvalidArgument("{} {}: {}", what, path, reason);
    default:
      return DataLoss("{} {}: {}", what, path, reason);
  }
}

class PosixFile final : public File {
 public:
  PosixFile(int fd, std::string path) : fd_(fd), path_(std::move(path)) {}
  ~PosixFile() override { close(fd_); }

  StatusOr<std::string> Read(uint64_t offset, size_t length) const override {
    // Never more than there is, whatever a damaged length field asked for.
    ASSIGN_OR_RETURN(const uint64_t size, Size());
    std::string out(std::min<uint64_t>(length, size > offset ? size - offset : 0), '\0');
    size_t got = 0;
    while (got < out.size()) {
      const ssize_t n =
          pread(fd_, out.data() + got, out.size() - got, static_cast<off_t>(offset + got));
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return ErrorOf(errno, "reading", path_);
      if (n == 0) break;
      got += static_cast<size_t>(n);
    }
    out.resize(got);
    return out;
  }

  Status Write(uint64_t offset, std::string_view data) override {
    while (!data.empty()) {
      const ssize_t n = pwrite(fd_, data.data(), data.size(), static_cast<off_t>(offset));
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return ErrorOf(errno, "writing", path_);
      data.remove_prefix(static_cast<size_t>(n));
      offset += static_cast<uint64_t>(n);
    }
    return OkStatus();
  }

  Status Sync() override {
    return fdatasync(fd_) == 0 ? OkStatus() : ErrorOf(errno, "syncing", path_);
  }

  Status Truncate(uint64_t size) override {
    return ftruncate(fd_, static_cast<off_t>(size)) == 0 ? OkStatus()
                                                         : ErrorOf(errno, "truncating", path_);
  }

  Status Preallocate(uint64_t size) override {
    // Not posix_fallocate(): where the file system cannot, it would write every block.
    if (fallocate(fd_, 0, 0, static_cast<off_t>(size)) == 0) return OkStatus();
    if (errno != EOPNOTSUPP) return ErrorOf(errno, "preallocating", path_);
    return Truncate(size);
  }

  StatusOr<uint64_t> Size() const override {
    struct stat info;
    if (fstat(fd_, &info) != 0) return ErrorOf(errno, "asking the size of", path_);
    return static_cast<uint64_t>(info.st_size);
  }

  const std::string& path() const override { return path_; }
  int fd() const { return fd_; }

 private:
  const int fd_;
  const std::string path_;
};

class MappedFile final : public FileView {
 public:
  MappedFile(void* address, size_t size) : address_(address), size_(size) {}
  ~MappedFile() override {
    if (size_ > 0) munmap(address_, size_);
  }
  std::string_view bytes() const override { return {static_cast<const char*>(address_), size_}; }

 private:
  void* const address_;
  const size_t size_;
};

class RealFileSystem final : public FileSystem {
 public:
  StatusOr<std::unique_ptr<File>> Open(const std::string& path, OpenMode mode) override {
    int flags = O_CLOEXEC | (mode == OpenMode::kRead ? O_RDONLY : O_RDWR);
    if (mode == OpenMode::kCreate) flags |= O_CREAT | O_TRUNC;
    const int fd = open(path.c_str(), flags, 0644);
    if (fd < 0) return ErrorOf(errno, "opening", path);
    return std::unique_ptr<File>(std::make_unique<PosixFile>(fd, path));
  }

  StatusOr<std::shared_ptr<const FileView>> Map(const std::string& path) override {
    ASSIGN_OR_RETURN(const std::unique_ptr<File> file, Open(path, OpenMode::kRead));
    ASSIGN_OR_RETURN(const uint64_t size, file->Size());
    void* address = nullptr;
    if (size > 0) {
      const int fd = static_cast<PosixFile&>(*file).fd();
      address = mmap(nullptr, size, PROT_READ, MAP_SHARED, fd, 0);
      if (address == MAP_FAILED) return ErrorOf(errno, "mapping", path);
    }
    return std::shared_ptr<const FileView>(std::make_shared<MappedFile>(address, size));
  }

  Status Link(const std::string& from, const std::string& to) override {
    return link(from.c_str(), to.c_str()) == 0 ? OkStatus() : ErrorOf(errno, "linking", from);
  }

  Status Rename(const std::string& from, const std::string& to) override {
    return rename(from.c_str(), to.c_str()) == 0 ? OkStatus() : ErrorOf(errno, "renaming", from);
  }

  Status Remove(const std::string& path) override {
    return unlink(path.c_str()) == 0 ? OkStatus() : ErrorOf(errno, "removing", path);
  }

  StatusOr<std::vector<std::string>> List(const std::string& folder) override {
    std::error_code error;
    std::vector<std::string> names;
    auto entries = std::filesystem::directory_iterator(folder, error);
    for (; !error && entries != std::filesystem::directory_iterator(); entries.increment(error)) {
      names.push_back(entries->path().filename().string());
    }
    if (error) return ErrorOf(error.value(), "listing", folder);
    std::sort(names.begin(), names.end());
    return names;
  }

  Status MakeFolder(const std::string& folder) override {
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    return error ? ErrorOf(error.value(), "making folder", folder) : OkStatus();
  }

  Status SyncFolder(const std::string& folder) override {
    const int fd = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return ErrorOf(errno, "opening", folder);
    const int result = fsync(fd);
    const int error = errno;
    close(fd);
    return result == 0 ? OkStatus() : ErrorOf(error, "syncing", folder);
  }
};

}  // namespace

FileSystem& PosixFileSystem() {
  static RealFileSystem files;
  return files;
}

}  // namespace glint
