// glint: the program. Its first word picks a command; without one it serves.
#include <cstdio>
#include <string_view>

#include "load/load_command.h"
#include "server/check_command.h"
#include "server/inspect_command.h"
#include "server/query_command.h"
#include "server/serve_command.h"
#include "server/validate_command.h"

namespace {

struct Command {
  std::string_view name;
  int (*run)(int argc, const char* const* argv);
};

constexpr Command kCommands[] = {
    {"check", glint::server::CheckCommand},       {"inspect", glint::server::InspectCommand},
    {"load", glint::load::LoadCommand},           {"query", glint::server::QueryCommand},
    {"validate", glint::server::ValidateCommand},
};

}  // namespace

int main(int argc, char** argv) {
  if (argc > 1) {
    for (const Command& command : kCommands) {
      if (command.name == argv[1]) return command.run(argc - 1, argv + 1);
    }
  }
  return glint::server::ServeCommand(argc, argv);
}
