#include "glint/process_metrics.h"

#include <dirent.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmath>
#include <fstream>
#include <sstream>
#include <string>

namespace glint {
namespace {

double CpuSeconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

// The field of /proc/self/stat as proc(5) numbers them, from the third on: the name before may
// hold blanks and parentheses.
double StatField(int number) {
  std::ifstream file("/proc/self/stat");
  std::string text;
  std::getline(file, text);
  const size_t name_end = text.rfind(')');
  if (name_end == std::string::npos) return NAN;
  std::istringstream fields(text.substr(name_end + 2));
  std::string field;
  for (int i = 3; i <= number; ++i) fields >> field;
  return fields ? std::stod(field) : NAN;
}

double StartTimeSeconds() {
  std::ifstream file("/proc/stat");
  for (std::string key; file >> key;) {
    double value = 0;
    if (key == "btime" && file >> value) {
      return value + StatField(22) / static_cast<double>(sysconf(_SC_CLK_TCK));
    }
    std::getline(file, key);
  }
  return NAN;
}

// `field` 0: virtual, 1: resident.
double StatmBytes(int field) {
  std::ifstream file("/proc/self/statm");
  double pages = NAN;
  for (int i = 0; i <= field; ++i) file >> pages;
  return pages * static_cast<double>(sysconf(_SC_PAGESIZE));
}

double OpenFds() {
  DIR* const directory = opendir("/proc/self/fd");
  if (directory == nullptr) return NAN;
  int count = 0;
  while (readdir(directory) != nullptr) ++count;
  closedir(directory);
  return count - 3;  // Without ".", ".." and the directory itself.
}

double MaxFds() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return NAN;
  return limit.rlim_cur == RLIM_INFINITY ? INFINITY : static_cast<double>(limit.rlim_cur);
}

FamilyOptions Unit(std::string unit) { return {std::move(unit), {}}; }

}  // namespace

void AddProcessMetrics(Registry& registry) {
  registry.AddCounterCallback("process_cpu_seconds", "User and system time used.", CpuSeconds,
                              Unit("seconds"));
  registry.AddGaugeCallback(
      "process_start_time_seconds", "When the process started, in seconds since the epoch.",
      [start = StartTimeSeconds()] { return start; }, Unit("seconds"));
  registry.AddGaugeCallback(
      "process_resident_memory_bytes", "Memory in use.", [] { return StatmBytes(1); },
      Unit("bytes"));
  registry.AddGaugeCallback(
      "process_virtual_memory_bytes", "Address space in use.", [] { return StatmBytes(0); },
      Unit("bytes"));
  registry.AddGaugeCallback("process_open_fds", "Open file descriptors.", OpenFds);
  registry.AddGaugeCallback("process_max_fds", "Most file descriptors allowed.", MaxFds);
  registry.AddGaugeCallback("process_threads", "Threads.", [] { return StatField(20); });
}

}  // namespace glint
