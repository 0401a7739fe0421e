// What an operator does to a metric store: delete series, free their room, take a backup.
//
// Thread-safe, all of it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/query_budget.h"
#include "base/status.h"
#include "model/matcher.h"
#include "model/time.h"

namespace glint::storage {

class MetricAdmin {
 public:
  virtual ~MetricAdmin() = default;

  // Samples and exemplars in `time` of the series of which one of the sets matches are gone from
  // now on, durably; their room is freed later. What arrives after the call is not concerned.
  // INVALID_ARGUMENT: no set, or an empty one. UNAVAILABLE: the disk.
  virtual Status Delete(const std::vector<std::vector<model::Matcher>>& any_of,
                        model::TimeRange time) = 0;

  // Frees the room of what was deleted. UNAVAILABLE: the disk.
  virtual Status CleanTombstones() = 0;

  // All that is stored, as a folder that a store opens: of the same disk, so it costs next to no
  // room until the originals go. The folder's path, which is new and below the store's own.
  // UNAVAILABLE: the disk.
  virtual StatusOr<std::string> Snapshot() = 0;
};

}  // namespace glint::storage
