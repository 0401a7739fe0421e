// Which part files are the store, which log segments they have made superfluous, and what was
// deleted from them: an append-only file of checksummed records, docs/format/manifest.md.
//
// A part is live only once a record says so, and is gone once a record says so, whatever files lie
// in the folder. One record may do several of these, and is there whole or not at all.
//
// Thread-compatible.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/status.h"
#include "model/matcher.h"
#include "model/time.h"

namespace glint::tsdb {

// Samples and exemplars in `time` are deleted from the parts up to `last_part` where one of the
// sets of matchers matches.
struct Tombstone {
  uint64_t id = 0;
  uint64_t last_part = 0;  // Part ids ascend, so later ones are later data.
  model::TimeRange time;
  std::vector<std::vector<model::Matcher>> any_of;
};

struct ManifestChange {
  std::vector<uint64_t> added_parts;
  std::vector<uint64_t> removed_parts;
  std::vector<Tombstone> added_tombstones;
  std::vector<uint64_t> removed_tombstones;
  // All in log segments before this one is in parts. 0: as it was. Never goes back.
  uint64_t first_log_segment = 0;
  // No part had, and none will get, an id below this. Raised by added_parts by itself.
  uint64_t next_part_id = 0;
};

struct ManifestState {
  std::map<uint64_t, uint32_t> parts;  // Id -> record that added it, for messages.
  std::map<uint64_t, Tombstone> tombstones;
  uint64_t first_log_segment = 0;
  uint64_t next_part_id = 1;
  uint64_t next_tombstone_id = 1;
};

class Manifest {
 public:
  // Reads FOLDER/MANIFEST, or begins one. A torn last record is cut off (it was never answered); a
  // damaged one before it is named in damage(), the rest counts. Rewritten, by a new file renamed
  // over it, when most of it is history.
  // FAILED_PRECONDITION: of a version that is not known. UNAVAILABLE, DATA_LOSS: the disk.
  static StatusOr<std::unique_ptr<Manifest>> Open(FileSystem& files, const std::string& folder);

  // Durable when OK; on an error nothing changed, here or on disk.
  Status Apply(const ManifestChange& change);

  const ManifestState& state() const { return state_; }
  const std::vector<std::string>& damage() const { return damage_; }
  uint64_t bytes() const;

 private:
  ManifestState state_;
  std::vector<std::string> damage_;
};

}  // namespace glint::tsdb
