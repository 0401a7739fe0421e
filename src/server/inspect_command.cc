#include "server/inspect_command.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <string>

#include "inspect/inspect.h"
#include "inspect/print_report.h"
#include "promql/parser.h"
#include "server/command_line.h"

namespace glint::server {
namespace {

int Fail(const Status& status) {
  std::fprintf(stderr, "glint inspect: %s\n", std::string(status.message()).c_str());
  return kExitUsage;
}

}  // namespace

int InspectCommand(int argc, const char* const* argv) {
  CLI::App app(
      "Prints what a file is that glint wrote, or every file of a data folder, and checks it. "
      "Only\n"
      "reads: glint may be running.",
      "glint inspect");
  std::string path;
  std::string matcher;
  bool json = false;
  bool verbose = false;
  inspect::InspectOptions options;
  app.add_option("PATH", path, "A log segment, a part, a MANIFEST, or a folder with such")
      ->required();
  auto* verify = app.add_flag("--verify,!--no-verify", options.verify,
                              "Reads and decodes everything; default for a file, not for a folder");
  auto* series = app.add_option("--series", matcher, "Lists series of parts, as '{job=\"shop\"}'");
  app.add_flag("--records", options.records, "Lists the records of log segments");
  app.add_option("--limit", options.limit, "Of series and records that are listed, for each file")
      ->capture_default_str();
  app.add_flag("--verbose", verbose, "All of each file in a folder; history of a MANIFEST");
  app.add_flag("--json", json, "For machines");
  app.footer("Exit code: 0 all is whole, 1 damage was found, 2 something cannot be read.");
  if (const auto exit_code = ParseCommandLine(app, argc, argv)) return *exit_code;

  std::error_code error;
  const bool is_folder = std::filesystem::is_directory(path, error);
  if (verify->empty()) options.verify = !is_folder;
  options.history = verbose;
  if (!series->empty()) {
    auto matchers = promql::ParseSelector(matcher);
    if (!matchers.ok()) return Fail(matchers.status().At("--series"));
    options.series = *std::move(matchers);
  }
  const auto reports = inspect::Inspect(path, options);
  if (!reports.ok()) return Fail(reports.status());
  const bool full = !is_folder || verbose || options.records || options.series.has_value();
  const std::string text = json ? inspect::PrintJson(*reports)
                                : inspect::PrintText(*reports, {.full = full,
                                                                .verified = options.verify,
                                                                .folder = is_folder ? path : ""});
  std::fwrite(text.data(), 1, text.size(), stdout);
  const auto is_damaged = [](const auto& report) { return report.damage_count() > 0; };
  const auto is_unreadable = [](const auto& report) { return !report.unreadable.empty(); };
  if (std::any_of(reports->begin(), reports->end(), is_damaged)) return kExitNo;
  if (std::any_of(reports->begin(), reports->end(), is_unreadable)) return kExitUsage;
  return kExitOk;
}

}  // namespace glint::server
