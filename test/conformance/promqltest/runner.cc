// promqltest_runner FOLDER: runs Prometheus' promqltest scripts on the engine and the plain store.
//
//   -v                 each failure with file, line, expected and got
//   --no-annotations   values, errors and order only
//   --no-reruns        each instant eval once: not as a range, nor pinned by @
//   --at-least N       exit 0 when N evals pass, for a ratchet; else only without failures
#include <fmt/core.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>

#include "compare.h"
#include "rerun.h"
#include "store.h"

namespace glint::promqltest {
namespace {

struct Flags {
  std::string folder;
  bool verbose = false;
  bool annotations = true;
  bool reruns = true;
  int at_least = -1;
};

struct Tally {
  int passed = 0;
  int failed = 0;
};

promql::EngineOptions UpstreamOptions() {
  promql::EngineOptions options;
  options.delayed_name_removal = true;
  options.use_start_timestamps = true;
  return options;
}

Status RunEval(const Command& command, const promql::Engine& engine, const Flags& flags) {
  ASSIGN_OR_RETURN(const promql::ExprPtr expr, promql::Parse(command.query));
  QueryBudget budget;
  const StatusOr<promql::QueryResult> result =
      command.range ? engine.Range(*expr, command.query, command.start_ms, command.end_ms,
                                   command.step_ms, budget)
                    : engine.Instant(*expr, command.query, command.start_ms, budget);
  if (!result.ok()) {
    if (ExpectsFailure(command)) return CompareFailure(command, result.status());
    return result.status().At("query failed");
  }
  if (ExpectsFailure(command)) return InvalidArgument("expected an error, got {}", Show(*result));
  if (command.range) {
    RETURN_IF_ERROR(CompareMatrix(command.series, std::get<promql::Matrix>(result->value),
                                  command.start_ms, command.step_ms));
  } else {
    RETURN_IF_ERROR(CompareInstant(command, *result));
  }
  if (flags.annotations) RETURN_IF_ERROR(CompareAnnotations(command, result->annotations));
  if (command.range || !flags.reruns) return OkStatus();
  return Rerun(command, engine);
}

StatusOr<Tally> RunScript(const std::filesystem::path& path, const Flags& flags) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  const std::string script = text.str();
  const std::string name = path.filename();
  ASSIGN_OR_RETURN(const std::vector<Command> commands, ReadScript(name, script));
  auto store = std::make_unique<storage::MemoryMetrics>();
  Tally tally;
  for (const Command& command : commands) {
    if (command.kind == Command::Kind::kClear) {
      store = std::make_unique<storage::MemoryMetrics>();
    } else if (command.kind == Command::Kind::kLoad) {
      const Status status = Load(command, *store);
      if (!status.ok()) return status.At(fmt::format("{}:{}: load", name, command.line));
    } else {
      const promql::Engine engine(*store, UpstreamOptions());
      const Status status = RunEval(command, engine, flags);
      ++(status.ok() ? tally.passed : tally.failed);
      if (!status.ok() && flags.verbose) {
        fmt::print("{}:{}: {}\n    {}\n", name, command.line, command.query, status.message());
      }
    }
  }
  fmt::print("{}: {} run, {} passed, {} failed\n", name, tally.passed + tally.failed, tally.passed,
             tally.failed);
  return tally;
}

int Run(const Flags& flags) {
  std::vector<std::filesystem::path> scripts;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(flags.folder, error)) {
    if (entry.path().extension() == ".test") scripts.push_back(entry.path());
  }
  if (error || scripts.empty()) {
    fmt::print(stderr, "promqltest_runner: no *.test in {}\n", flags.folder);
    return 2;
  }
  std::sort(scripts.begin(), scripts.end());
  Tally all;
  bool readable = true;
  for (const std::filesystem::path& script : scripts) {
    const StatusOr<Tally> tally = RunScript(script, flags);
    if (!tally.ok()) {
      fmt::print("{}\n", tally.status().ToString());
      readable = false;
      continue;
    }
    all.passed += tally->passed;
    all.failed += tally->failed;
  }
  fmt::print("promqltest: {} passed, {} failed, 0 skipped\n", all.passed, all.failed);
  if (!readable) return 1;
  if (flags.at_least >= 0) return all.passed >= flags.at_least ? 0 : 1;
  return all.failed == 0 ? 0 : 1;
}

}  // namespace
}  // namespace glint::promqltest

int main(int argc, char** argv) {
  glint::promqltest::Flags flags;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument == "-v") {
      flags.verbose = true;
    } else if (argument == "--no-annotations") {
      flags.annotations = false;
    } else if (argument == "--no-reruns") {
      flags.reruns = false;
    } else if (argument == "--at-least" && i + 1 < argc) {
      flags.at_least = std::atoi(argv[++i]);
    } else if (!argument.starts_with("-") && flags.folder.empty()) {
      flags.folder = argument;
    } else {
      fmt::print(stderr, "promqltest_runner: unknown argument {}\n", argument);
      return 2;
    }
  }
  if (flags.folder.empty()) {
    fmt::print(stderr,
               "usage: promqltest_runner FOLDER [-v] [--no-annotations] [--no-reruns] "
               "[--at-least N]\n");
    return 2;
  }
  return glint::promqltest::Run(flags);
}
