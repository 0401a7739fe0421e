// `glint load`: the load generator's flags.
#pragma once

#include "base/status.h"
#include "load/load_options.h"

namespace glint::load {

// `http://HOST[:PORT][/PATH]` into host, port and target of `options`.
// INVALID_ARGUMENT: another scheme, no host, or no port where one is announced.
Status ParseUrl(std::string_view url, LoadOptions& options);

// argv[0] is the command's name. Returns the exit code: 0 where at least one reply came, 1 where
// none did, 2 for flags that make no sense. Prints to stdout; progress goes to stderr.
int LoadCommand(int argc, const char* const* argv);

}  // namespace glint::load
