// What the scripts' own runner checks of each instant eval beside its result. Thread-safe.
#pragma once

#include "base/status.h"
#include "promql/engine.h"
#include "script.h"

namespace glint::promqltest {

// The same result as a point of a range query, and with every selector pinned to the time by @.
Status Rerun(const Command& command, const promql::Engine& engine);

}  // namespace glint::promqltest
