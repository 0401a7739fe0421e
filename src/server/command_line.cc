#include "server/command_line.h"

#include <CLI/CLI.hpp>
#include <cstdio>

namespace glint::server {

std::optional<int> ParseCommandLine(CLI::App& app, int argc, const char* const* argv) {
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& asked_for_text) {
    return app.exit(asked_for_text);
  } catch (const CLI::ParseError& error) {
    std::fprintf(stderr, "%s: %s\nRun `%s --help` for what there is.\n", app.get_name().c_str(),
                 error.what(), app.get_name().c_str());
    return kExitUsage;
  }
  return std::nullopt;
}

}  // namespace glint::server
