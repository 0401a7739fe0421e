// The MANIFEST of a metric store: docs/format/manifest.md. Thread-safe.
#pragma once

#include <string>

#include "base/status.h"
#include "inspect/file_report.h"
#include "inspect/inspect_options.h"
#include "tsdb/manifest.h"

namespace glint::inspect {

// NOT_FOUND, and others of the disk.
StatusOr<FileReport> InspectManifest(const std::string& path, const InspectOptions& options);

// What the store is now. Errors as tsdb::ReadManifest(), and of the disk.
StatusOr<tsdb::ManifestState> ReadManifestState(FileSystem& files, const std::string& path);

}  // namespace glint::inspect
