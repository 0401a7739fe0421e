// The bytes of a MANIFEST, docs/format/manifest.md: written as records, read as a whole.
//
// Thread-safe: functions without state.
#pragma once

#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "tsdb/manifest.h"

namespace glint::tsdb {

// No file beyond this is read: rewriting keeps it far below.
inline constexpr uint64_t kMaxManifestBytes = 256 << 20;

std::string ManifestHeader();

// The payload of change number `sequence`, after which `state` holds; `added` of its tombstones are
// told in full, the others by id.
std::string EncodeManifestRecord(uint64_t sequence, const ManifestState& state,
                                 std::span<const Tombstone> added);

// Appends the record twice, the first of which will stand at `offset`.
void FrameManifestRecord(uint64_t offset, std::string_view payload, std::string& out);

struct ManifestContent {
  ManifestState state;
  uint64_t sequence = 0;
  uint64_t end = 0;  // Of the last whole record; what follows was torn.
  // What was lost or is not to be believed, a line each; without the file's name.
  std::vector<std::string> damage;
  // Where bytes before `end` are damaged; 0 when none are. Without a line in `damage` it is the
  // torn first copy of the last record.
  uint64_t first_damage = 0;
};

// A change as the file still has it.
struct ManifestStep {
  uint64_t offset = 0;  // Of its first whole copy.
  uint64_t sequence = 0;
  uint64_t first_log_segment = 0;
  std::set<uint64_t> parts;
  std::vector<uint64_t> tombstones;
};

// `history`, when it is not null, gets every change.
// FAILED_PRECONDITION: of a version that is not known. DATA_LOSS: no record in it is whole.
StatusOr<ManifestContent> ReadManifest(std::string_view bytes,
                                       std::vector<ManifestStep>* history = nullptr);

}  // namespace glint::tsdb
