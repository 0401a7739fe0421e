// openmetrics_runner FOLDER [-v]: the suite openmetrics-parsers. Each case is a folder with the
// exposition in `metrics` and, in test.json, whether the strict parser takes it.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "wire/exposition_check.h"

namespace {

namespace fs = std::filesystem;

std::string ReadFile(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// "shouldParse": true in a flat JSON object that holds nothing else of that name.
bool ShouldParse(const std::string& json) {
  size_t at = json.find("\"shouldParse\"");
  if (at == std::string::npos) return false;
  at = json.find_first_not_of(" \t\r\n:", at + 13);
  return at != std::string::npos && json.compare(at, 4, "true") == 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: openmetrics_runner FOLDER [-v]\n");
    return 2;
  }
  const bool verbose = argc > 2 && std::string(argv[2]) == "-v";
  std::vector<fs::path> cases;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(argv[1], error)) {
    if (fs::exists(entry.path() / "test.json")) cases.push_back(entry.path());
  }
  std::sort(cases.begin(), cases.end());
  size_t passed = 0;
  size_t failed = 0;
  for (const fs::path& path : cases) {
    const bool wanted = ShouldParse(ReadFile(path / "test.json"));
    const std::string body = ReadFile(path / "metrics");
    const auto report =
        glint::wire::CheckExposition(body, glint::wire::ExpositionFormat::kOpenMetrics);
    if (report.ok() == wanted) {
      ++passed;
      continue;
    }
    ++failed;
    if (!verbose) continue;
    const glint::wire::CheckFinding first =
        report.ok() ? glint::wire::CheckFinding{} : report.findings.front();
    std::printf("%s:%u: expected %s, got %s %s\n", (path / "metrics").c_str(), first.line,
                wanted ? "accepted" : "refused",
                report.ok() ? "accepted" : "refused:", first.message.c_str());
  }
  if (cases.empty()) {
    std::fprintf(stderr, "%s: no cases (folders with a test.json)\n", argv[1]);
    return 2;
  }
  std::printf("openmetrics-parsers: %zu passed, %zu failed, 0 skipped\n", passed, failed);
  return failed == 0 ? 0 : 1;
}
