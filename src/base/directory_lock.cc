#include "base/directory_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

namespace glint {
namespace {

// The pid that the holder wrote; it may be about to.
std::string HolderOf(int fd) {
  char buffer[32];
  const ssize_t length = pread(fd, buffer, sizeof buffer, 0);
  std::string text(buffer, length > 0 ? static_cast<size_t>(length) : 0);
  text.resize(text.find_first_not_of("0123456789") == std::string::npos
                  ? text.size()
                  : text.find_first_not_of("0123456789"));
  return text.empty() ? "unknown" : text;
}

}  // namespace

StatusOr<DirectoryLock> DirectoryLock::Acquire(const std::string& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) return PermissionDenied("data folder {}: {}", folder, error.message());
  const std::string path = folder + "/LOCK";
  const int fd = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (fd < 0) {
    return PermissionDenied("{}: {}", path, std::generic_category().message(errno));
  }
  DirectoryLock lock(fd);
  if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
    const int reason = errno;
    if (reason == EWOULDBLOCK) {
      return FailedPrecondition("data folder {} is in use by process {}", folder, HolderOf(fd));
    }
    return Unavailable("locking {}: {}", path, std::generic_category().message(reason));
  }
  const std::string pid = std::to_string(getpid()) + "\n";
  if (ftruncate(fd, 0) != 0 || pwrite(fd, pid.data(), pid.size(), 0) < 0) {
    return Unavailable("writing {}: {}", path, std::generic_category().message(errno));
  }
  return lock;
}

DirectoryLock::~DirectoryLock() {
  if (fd_ >= 0) close(fd_);
}

}  // namespace glint
