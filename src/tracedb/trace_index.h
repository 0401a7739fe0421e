// Where the records of each trace are in the log. About 60 bytes a trace with one record.
//
// Thread-compatible.
#pragma once

#include <absl/container/flat_hash_map.h>

#include <cstdint>
#include <span>
#include <vector>

#include "model/ids.h"
#include "wal/segment.h"

namespace glint::tracedb {

class TraceIndex {
 public:
  void Add(const model::TraceId& id, const wal::Position& position);
  // Forgets what these traces have in a segment.
  void Remove(uint64_t segment, std::span<const model::TraceId> ids);

  // In order of Add(); empty when there is none.
  std::vector<wal::Position> Find(const model::TraceId& id) const;
  bool Contains(const model::TraceId& id) const { return newest_.contains(id); }
  size_t trace_count() const { return newest_.size(); }

 private:
  struct Node {
    wal::Position position;
    uint32_t older;
  };
  static constexpr uint32_t kNone = UINT32_MAX;

  absl::flat_hash_map<model::TraceId, uint32_t, model::IdHash> newest_;  // Into nodes_.
  std::vector<Node> nodes_;
  uint32_t free_ = kNone;  // A list through Node::older.
};

}  // namespace glint::tracedb
