// A segment of a log: docs/format/wal.md. Thread-safe.
#pragma once

#include <string>

#include "base/status.h"
#include "inspect/file_report.h"
#include "inspect/inspect_options.h"

namespace glint::inspect {

// Of one that is being written meanwhile, up to the last whole record: what follows is not damage.
// `is_last`: no later segment was there when the folder was listed.
// NOT_FOUND: it is gone, as segments go once all in them is in parts. Others: the disk.
StatusOr<FileReport> InspectSegment(const std::string& path, bool is_last,
                                    const InspectOptions& options);

}  // namespace glint::inspect
