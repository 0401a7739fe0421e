// What is wanted of an inspection.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "base/file.h"
#include "model/matcher.h"

namespace glint::inspect {

struct InspectOptions {
  FileSystem* files = &PosixFileSystem();  // Only read from.
  // Read and decode everything; else what a part's footer, a log's checksums and heads tell.
  bool verify = true;
  bool records = false;  // Each record of a log segment.
  bool history = false;  // Each change of a MANIFEST.
  // The series of a part that match all; none: not asked for.
  std::optional<std::vector<model::Matcher>> series;
  size_t limit = 100;  // Of series and of records that are listed, for each file.
};

}  // namespace glint::inspect
