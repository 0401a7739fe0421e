#include "server/check_command.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>

#include "base/escape.h"
#include "server/command_line.h"
#include "wire/exposition_check.h"

namespace glint::server {
namespace {

constexpr size_t kMaxInputBytes = size_t{1} << 30;

// All of it, or none when it cannot be read or is longer than kMaxInputBytes.
std::optional<std::string> ReadAll(const std::string& path) {
  std::ifstream file;
  if (path != "-") {
    file.open(path, std::ios::binary);
    if (!file) return std::nullopt;
  }
  std::istream& input = path == "-" ? std::cin : file;
  std::string text((std::istreambuf_iterator<char>(input)), std::istreambuf_iterator<char>());
  if (input.bad() || text.size() > kMaxInputBytes) return std::nullopt;
  return text;
}

// OpenMetrics says of itself where it ends; the older text format has no such line.
wire::ExpositionFormat GuessFormat(std::string_view text) {
  return text.find("# EOF") != std::string_view::npos ? wire::ExpositionFormat::kOpenMetrics
                                                      : wire::ExpositionFormat::kPrometheusText;
}

void Print(const std::string& path, const wire::CheckReport& report, std::string_view format) {
  const std::string name = path == "-" ? "stdin" : path;
  for (const wire::CheckFinding& finding : report.findings) {
    std::printf("%s:%u: %s%s\n", name.c_str(), finding.line,
                finding.kind == wire::FindingKind::kSyntax ? "cannot be read: " : "",
                finding.message.c_str());
  }
  if (report.cut) std::printf("%s: more than %zu findings\n", name.c_str(), wire::kMaxFindings);
  std::printf("%s: %s, %llu families, %llu samples, %llu exemplars: %s\n", name.c_str(),
              std::string(format).c_str(), static_cast<unsigned long long>(report.families),
              static_cast<unsigned long long>(report.samples),
              static_cast<unsigned long long>(report.exemplars),
              report.ok() ? "all in order" : "not in order");
}

}  // namespace

int CheckCommand(int argc, const char* const* argv) {
  CLI::App app("Holds what a program exposes against the strict rules of its format.",
               "glint check");
  app.require_subcommand(1);
  CLI::App& metrics = *app.add_subcommand(
      "metrics", "Reads an exposition, OpenMetrics or Prometheus text, from FILE or stdin");
  std::string path = "-";
  std::string format = "auto";
  metrics.add_option("FILE", path, "\"-\" is stdin")->capture_default_str();
  metrics.add_option("--format", format, "auto takes OpenMetrics where there is a \"# EOF\"")
      ->check(CLI::IsMember({"auto", "openmetrics", "text"}))
      ->capture_default_str();
  if (const auto exit_code = ParseCommandLine(app, argc, argv)) return *exit_code;

  const std::optional<std::string> text = ReadAll(path);
  if (!text) {
    std::fprintf(stderr, "glint check: %s: cannot be read, or has more than %zu bytes\n",
                 path.c_str(), kMaxInputBytes);
    return kExitUsage;
  }
  const wire::ExpositionFormat kind = format == "auto"   ? GuessFormat(*text)
                                      : format == "text" ? wire::ExpositionFormat::kPrometheusText
                                                         : wire::ExpositionFormat::kOpenMetrics;
  const wire::CheckReport report = wire::CheckExposition(*text, kind);
  Print(path, report, kind == wire::ExpositionFormat::kOpenMetrics ? "OpenMetrics" : "text format");
  return report.ok() ? kExitOk : kExitNo;
}

}  // namespace glint::server
