// Sends requests and measures the answers.
//
// One thread, coroutines on it: enough for some 30,000 requests a second, and the load generator
// doesn't take the target's cores.
#pragma once

#include <functional>

#include "base/status.h"
#include "load/load_options.h"

namespace glint::load {

struct LoadHooks {
  // Called about once a second while it runs. May be null.
  std::function<void(const LoadResult& so_far)> on_progress;
  // Ends the run early on SIGINT and SIGTERM; what was measured until then is the result.
  bool end_on_signal = false;
};

// Runs until all of `options` is done. Requests that fail are part of the result, not an error.
// UNAVAILABLE: the host has no address.
StatusOr<LoadResult> RunLoad(const LoadOptions& options, const LoadHooks& hooks);

}  // namespace glint::load
