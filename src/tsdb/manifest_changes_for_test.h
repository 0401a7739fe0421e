// Manifests to test with: changes that are legal, the plain twin that says what they mean, and
// states as text.
#pragma once

#include <algorithm>
#include <random>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "tsdb/manifest.h"

namespace glint::tsdb {

inline Tombstone Deleting(uint64_t id, std::vector<std::vector<model::Matcher>> any_of) {
  Tombstone tombstone;
  tombstone.id = id;
  tombstone.last_part = 7;
  tombstone.created = 1700000000000;
  tombstone.time = {-5, model::kMaxTimeMs};
  tombstone.any_of = std::move(any_of);
  return tombstone;
}

// Everything, as text: equal text is equal state.
inline std::string Print(const ManifestState& state) {
  std::ostringstream out;
  out << "next part " << state.next_part_id << ", tombstone " << state.next_tombstone_id << ", log "
      << state.first_log_segment << "\nparts";
  for (const uint64_t id : state.parts) out << ' ' << id;
  for (const auto& [id, tombstone] : state.tombstones) {
    out << "\n" << id << ' ' << tombstone.created << ' ' << ToString(tombstone);
  }
  return out.str();
}

// Random changes, all of them legal.
class Changes {
 public:
  explicit Changes(uint64_t seed) : random_(seed) {}

  ManifestChange Next(const ManifestState& state) {
    ManifestChange change;
    uint64_t part = state.next_part_id;
    for (uint64_t i = random_() % 4; i > 0; --i) {
      change.added_parts.push_back(part += random_() % 3);
    }
    if (!change.added_parts.empty()) Unique(change.added_parts);
    for (const uint64_t id : state.parts) {
      if (random_() % 8 < (state.parts.size() > 20 ? 3u : 1u)) change.removed_parts.push_back(id);
    }
    if (random_() % 4 == 0) {
      const model::MatchOp op = static_cast<model::MatchOp>(random_() % 4);
      std::string value = "value." + std::to_string(random_() % 100);
      if (random_() % 16 == 0) value.assign(4000, 'x');  // More than a sector of a disk.
      change.added_tombstones.push_back(Deleting(state.next_tombstone_id + random_() % 2,
                                                 {{*model::Matcher::Make(op, "job", value)}}));
    }
    for (const auto& [id, tombstone] : state.tombstones) {
      if (random_() % 8 == 0) change.removed_tombstones.push_back(id);
    }
    if (random_() % 3 == 0) change.first_log_segment = state.first_log_segment + random_() % 3;
    if (random_() % 16 == 0) change.next_part_id = part + random_() % 100;
    return change;
  }

 private:
  static void Unique(std::vector<uint64_t>& ids) {
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  }
  std::mt19937_64 random_;
};

// The plain twin: what a change means, by the book.
inline void ApplyPlainly(const ManifestChange& change, ManifestState& state) {
  for (const uint64_t id : change.added_parts) {
    state.parts.insert(id);
    if (id >= state.next_part_id) state.next_part_id = id + 1;
  }
  for (const uint64_t id : change.removed_parts) state.parts.erase(id);
  for (const Tombstone& tombstone : change.added_tombstones) {
    state.tombstones[tombstone.id] = tombstone;
    if (tombstone.id >= state.next_tombstone_id) state.next_tombstone_id = tombstone.id + 1;
  }
  for (const uint64_t id : change.removed_tombstones) state.tombstones.erase(id);
  if (change.first_log_segment != 0) state.first_log_segment = change.first_log_segment;
  if (change.next_part_id > state.next_part_id) state.next_part_id = change.next_part_id;
}

}  // namespace glint::tsdb
