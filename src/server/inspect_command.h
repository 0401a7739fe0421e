// glint inspect PATH: prints what a file of ours is, or all in a data folder, and checks it.
#pragma once

namespace glint::server {

// Returns the exit code: 0 when all is whole, 1 when damage was found, 2 when it was called wrongly
// or something cannot be read.
int InspectCommand(int argc, const char* const* argv);

}  // namespace glint::server
