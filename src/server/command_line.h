// What all commands do alike with their arguments.
#pragma once

#include <optional>

namespace CLI {
class App;
}

namespace glint::server {

inline constexpr int kExitOk = 0;
inline constexpr int kExitNo = 1;
inline constexpr int kExitUsage = 2;

// Parses; --help prints to stdout and ends with 0, anything wrong prints what and how to get help
// to stderr and ends with 2. Empty: go on.
std::optional<int> ParseCommandLine(CLI::App& app, int argc, const char* const* argv);

}  // namespace glint::server
