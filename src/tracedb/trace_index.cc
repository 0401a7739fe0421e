#include "tracedb/trace_index.h"

#include <algorithm>

#include "base/check.h"

namespace glint::tracedb {

void TraceIndex::Add(const model::TraceId& id, const wal::Position& position) {
  uint32_t node = free_;
  if (node != kNone) {
    free_ = nodes_[node].older;
  } else {
    CHECK(nodes_.size() < kNone);
    node = static_cast<uint32_t>(nodes_.size());
    nodes_.emplace_back();
  }
  const auto [newest, is_new] = newest_.try_emplace(id, kNone);
  nodes_[node] = {position, newest->second};
  newest->second = node;
}

void TraceIndex::Remove(uint64_t segment, std::span<const model::TraceId> ids) {
  for (const model::TraceId& id : ids) {
    const auto newest = newest_.find(id);
    if (newest == newest_.end()) continue;
    uint32_t* link = &newest->second;
    while (*link != kNone) {
      const uint32_t node = *link;
      if (nodes_[node].position.segment == segment) {
        *link = nodes_[node].older;
        nodes_[node].older = free_;
        free_ = node;
      } else {
        link = &nodes_[node].older;
      }
    }
    if (newest->second == kNone) newest_.erase(newest);
  }
}

std::vector<wal::Position> TraceIndex::Find(const model::TraceId& id) const {
  std::vector<wal::Position> out;
  const auto newest = newest_.find(id);
  if (newest == newest_.end()) return out;
  for (uint32_t node = newest->second; node != kNone; node = nodes_[node].older) {
    out.push_back(nodes_[node].position);
  }
  std::reverse(out.begin(), out.end());
  return out;
}

}  // namespace glint::tracedb
