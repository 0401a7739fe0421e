#include "server/serve_command.h"

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <string>

#include "base/version.h"
#include "server/command_line.h"
#include "server/program.h"
#include "server/serve_options.h"

namespace glint::server {
namespace {

constexpr char kFooter[] =
    "Commands (each has a --help of its own):\n"
    "  glint load URL             load on an HTTP server, closed or open loop\n"
    "  glint query EXPR           asks a running glint, prints a table\n"
    "  glint check metrics FILE   holds an exposition against the strict rules of its format\n"
    "  glint inspect PATH         prints what a file or a folder of data is, and checks it\n"
    "  glint validate --config F  reads a configuration and says what is wrong with it\n"
    "\n"
    "SIGHUP reads the configuration again. SIGTERM and SIGINT finish what was taken in and end.";

// The signals we act on, blocked in every thread so that sigwait() gets them.
sigset_t BlockSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&signals, signal);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  return signals;
}

}  // namespace

int ServeCommand(int argc, const char* const* argv) {
  CLI::App app("Stores Prometheus metrics and OpenTelemetry traces; every dot opens a trace.",
               "glint");
  ServeOptions options;
  AddServeFlags(app, options);
  app.set_version_flag("--version", fmt::format("glint {} ({})", Version(), Compiler()));
  app.footer(kFooter);
  if (const auto exit_code = ParseCommandLine(app, argc, argv)) return *exit_code;

  SetUpLog(LogLevelOf(options), LogFormatOf(options));
  const sigset_t signals = BlockSignals();
  StatusOr<std::unique_ptr<Program>> program = Program::Start(options);
  if (!program.ok()) {
    std::fprintf(stderr, "glint: %s\n", std::string(program.status().message()).c_str());
    return program.status().code() == StatusCode::kInvalidArgument ? kExitUsage : kExitNo;
  }
  while (true) {
    int signal = 0;
    if (sigwait(&signals, &signal) != 0) continue;
    if (signal == SIGHUP) {
      (*program)->Reload();
      continue;
    }
    LogInfo("server", "{}: ending", signal == SIGINT ? "SIGINT" : "SIGTERM");
    // A second one means it: no more patience.
    pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
    (*program)->Drain();
    LogInfo("server", "ended");
    return kExitOk;
  }
}

}  // namespace glint::server
