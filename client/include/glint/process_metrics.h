// What the kernel knows about this process: process_cpu_seconds_total, process_start_time_seconds,
// process_resident_memory_bytes, process_virtual_memory_bytes, process_open_fds, process_max_fds,
// process_threads. Read from /proc at every scrape; names as in the other client libraries.
#pragma once

#include "glint/registry.h"

namespace glint {

void AddProcessMetrics(Registry& registry);

}  // namespace glint
