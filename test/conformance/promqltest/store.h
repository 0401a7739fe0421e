// Storing what a script loads. Thread-compatible.
#pragma once

#include "base/status.h"
#include "script.h"
#include "storage/memory_metrics.h"

namespace glint::promqltest {

// INVALID_ARGUMENT: the series of a classic histogram do not make up one.
Status Load(const Command& command, storage::MemoryMetrics& store);

}  // namespace glint::promqltest
