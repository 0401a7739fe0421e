// A part file: docs/format/part.md. Thread-safe.
#pragma once

#include <string>

#include "base/status.h"
#include "inspect/file_report.h"
#include "inspect/inspect_options.h"

namespace glint::inspect {

// NOT_FOUND: it is gone, as parts go that were united with others. Others: the disk.
StatusOr<FileReport> InspectPart(const std::string& path, const InspectOptions& options);

}  // namespace glint::inspect
