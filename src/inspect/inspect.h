// Any file that we write, or all in a data folder: what it is, and whether it is whole.
//
// Only reads, and takes no lock, so a glint may be running: what it is writing meanwhile, or
// removes meanwhile, is not damage.
//
// Thread-safe.
#pragma once

#include <string>
#include <vector>

#include "base/status.h"
#include "inspect/file_report.h"
#include "inspect/inspect_options.h"

namespace glint::inspect {

// The report of a file, or of every file in a folder and those below it but snapshots, which are
// only mentioned: one of them is inspected by its own path.
// INVALID_ARGUMENT: not a file of ours. NOT_FOUND, PERMISSION_DENIED and others: of the disk.
StatusOr<std::vector<FileReport>> Inspect(const std::string& path, const InspectOptions& options);

}  // namespace glint::inspect
