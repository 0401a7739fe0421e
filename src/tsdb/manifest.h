// Which part files are the store, which log segments they have made superfluous, and what was
// deleted from them: an append-only file of checksummed records, docs/format/manifest.md.
//
// A part is live only once a record says so, and is gone once a record says so, whatever files lie
// in the folder. One record may do several of these, and is there whole or not at all. Each record
// lists all that is live and is written twice, so damage to one place loses nothing.
//
// Thread-compatible.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/status.h"
#include "tsdb/tombstone.h"

namespace glint::tsdb {

struct ManifestChange {
  std::vector<uint64_t> added_parts;
  std::vector<uint64_t> removed_parts;
  std::vector<Tombstone> added_tombstones;
  std::vector<uint64_t> removed_tombstones;
  // All in log segments before this one is in parts. What is lower than before has no effect.
  uint64_t first_log_segment = 0;
  // No part from now on gets an id below this. Raised by added_parts by itself.
  uint64_t next_part_id = 0;
};

struct ManifestState {
  std::set<uint64_t> parts;
  std::map<uint64_t, Tombstone> tombstones;
  uint64_t first_log_segment = 0;
  uint64_t next_part_id = 1;
  uint64_t next_tombstone_id = 1;
};

// What all the tombstones and parts may take in a record: a deletion beyond it is refused.
inline constexpr size_t kMaxManifestRecordBytes = 16 << 20;

class Manifest {
 public:
  // Reads FOLDER/MANIFEST, or begins one. A torn last record is cut off (it was never answered); a
  // damaged one before it is named in damage(), the rest counts, and the damaged file stays beside
  // the new one as MANIFEST.at-OFFSET.corrupt. Rewritten, by a new file renamed over it, when
  // most of it is history.
  // FAILED_PRECONDITION: of a version that is not known. UNAVAILABLE: no room. DATA_LOSS: the
  // disk, or no record is whole.
  // `files` outlives this.
  static StatusOr<std::unique_ptr<Manifest>> Open(FileSystem& files, const std::string& folder);

  // Durable when OK; on an error nothing changed here, and on disk neither unless
  // may_hold_refused().
  // INVALID_ARGUMENT: an id that was used before, or of something that is not there.
  // RESOURCE_EXHAUSTED: beyond kMaxManifestRecordBytes. UNAVAILABLE, DATA_LOSS: the disk.
  Status Apply(const ManifestChange& change);

  // Whether a change that was refused could not be undone on the disk: until the next one is
  // applied, a restart may find it done. So the parts that it adds must stay.
  bool may_hold_refused() const { return tail_is_dirty_; }

  // An id for a part that will be written now, higher than any before. May be added after a higher
  // one was. One that is never added may come again after a restart, and only then.
  uint64_t TakePartId();

  const ManifestState& state() const { return state_; }
  // What was wrong with the file when it was opened, a line each.
  const std::vector<std::string>& damage() const { return damage_; }
  uint64_t bytes() const { return end_; }

 private:
  Manifest(FileSystem& files, std::string folder);

  Status Read();
  Status Check(const ManifestChange& change) const;
  Status RepairTail();
  void RewriteIfHistory();
  // The state as it is, in a new file. On an error the old one stays.
  Status Rewrite();

  FileSystem& files_;
  const std::string folder_;
  const std::string path_;
  std::unique_ptr<File> file_;
  uint64_t sequence_ = 0;  // Of the last change.
  uint64_t end_ = 0;       // All before it is whole.
  uint64_t rewrite_at_ = 0;
  bool tail_is_dirty_ = false;    // Something may lie behind end_.
  bool folder_is_dirty_ = false;  // The name may yet lead to the file before.
  bool must_rewrite_ = false;     // Damage lies before end_.
  uint64_t first_damage_ = 0;     // Where.
  std::set<uint64_t> taken_parts_;

  ManifestState state_;
  std::vector<std::string> damage_;
};

}  // namespace glint::tsdb
