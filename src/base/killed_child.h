// For crash tests: a child process that works until it is killed with SIGKILL, after some number of
// reports of what was acknowledged to it. What it reported is the oracle for what its parent then
// finds on the disk.
//
// Single-threaded, and so has to be whoever makes one: the child is a fork.
#pragma once

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <functional>
#include <type_traits>
#include <vector>

namespace glint {

// In the child: how it says what was acknowledged. Thread-safe; a Report is small enough to come
// whole.
template <typename Report>
class Reports {
 public:
  explicit Reports(int out) : out_(out) {}
  void Send(const Report& report) const {
    if (write(out_, &report, sizeof report) != sizeof report) _exit(5);
  }

 private:
  static_assert(std::is_trivially_copyable_v<Report> && sizeof(Report) <= 512);
  const int out_;
};

// Runs `live` in a child, which may end itself by _exit() alone, and kills it, wherever it is by
// then, when `reports` have come. All that it reported before it died, in order.
template <typename Report>
std::vector<Report> RunUntilKilled(const std::function<void(const Reports<Report>&)>& live,
                                   uint64_t reports) {
  std::vector<Report> heard;
  int ends[2];
  EXPECT_EQ(pipe(ends), 0);
  const pid_t child = fork();
  EXPECT_GE(child, 0);
  if (child < 0) return heard;
  if (child == 0) {
    close(ends[0]);
    live(Reports<Report>(ends[1]));
    _exit(6);
  }
  close(ends[1]);
  Report report;
  while (read(ends[0], &report, sizeof report) == sizeof report) {
    heard.push_back(report);
    if (heard.size() == reports) kill(child, SIGKILL);
  }
  close(ends[0]);
  int status = 0;
  EXPECT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFSIGNALED(status)) << "the child left with " << WEXITSTATUS(status);
  return heard;
}

}  // namespace glint
