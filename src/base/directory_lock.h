// One process a data folder: a lock that ends with its process, however that ends.
//
// An flock() on FOLDER/LOCK, in which the holder's pid stands for whoever is refused.
#pragma once

#include <string>
#include <utility>

#include "base/status.h"

namespace glint {

// Held until destroyed. Moves.
class DirectoryLock {
 public:
  // Makes the folder when it is not there.
  // FAILED_PRECONDITION: another process holds it, with its pid.
  static StatusOr<DirectoryLock> Acquire(const std::string& folder);

  DirectoryLock(DirectoryLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  DirectoryLock& operator=(DirectoryLock&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~DirectoryLock();

 private:
  explicit DirectoryLock(int fd) : fd_(fd) {}
  int fd_;
};

}  // namespace glint
