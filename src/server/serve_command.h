// glint: serves, until SIGTERM or SIGINT.
#pragma once

namespace glint::server {

// Returns the exit code: 0 when all is well, 1 when the answer is no, 2 when it was called wrongly.
int ServeCommand(int argc, const char* const* argv);

}  // namespace glint::server
