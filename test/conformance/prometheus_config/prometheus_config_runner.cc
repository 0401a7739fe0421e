// prometheus_config_runner FOLDER [-v]: the suite prometheus-config. NAME.good.yml is to be
// accepted, NAME.bad.yml and NAME.incompatible.yml are to be refused.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "config/prometheus_config.h"

namespace {

namespace fs = std::filesystem;

struct Case {
  fs::path path;
  bool good;
};

// Files beside FOLDER's own cases, such as those that others include, are no cases.
std::vector<Case> CasesOf(const fs::path& folder) {
  std::vector<Case> cases;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    const std::string name = entry.path().filename().string();
    const auto ends_with = [&name](std::string_view ending) {
      return std::string_view(name).ends_with(ending);
    };
    if (ends_with(".good.yml")) cases.push_back({entry.path(), true});
    if (ends_with(".bad.yml") || ends_with(".incompatible.yml")) {
      cases.push_back({entry.path(), false});
    }
  }
  std::sort(cases.begin(), cases.end(),
            [](const Case& a, const Case& b) { return a.path < b.path; });
  return cases;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: prometheus_config_runner FOLDER [-v]\n");
    return 2;
  }
  const bool verbose = argc > 2 && std::string_view(argv[2]) == "-v";
  const std::vector<Case> cases = CasesOf(argv[1]);
  size_t passed = 0;
  size_t failed = 0;
  for (const Case& one : cases) {
    const auto config = glint::config::LoadPrometheusConfig(one.path.string());
    if (config.ok() == one.good) {
      ++passed;
      continue;
    }
    ++failed;
    if (!verbose) continue;
    std::printf("%s:1: expected %s, got %s\n", one.path.c_str(), one.good ? "accepted" : "refused",
                config.ok() ? "accepted" : config.status().ToString().c_str());
  }
  if (cases.empty()) {
    std::fprintf(stderr, "%s: no cases (*.good.yml, *.bad.yml, *.incompatible.yml)\n", argv[1]);
    return 2;
  }
  std::printf("prometheus-config: %zu passed, %zu failed, 0 skipped\n", passed, failed);
  return failed == 0 ? 0 : 1;
}
