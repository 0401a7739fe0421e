// What one log segment holds, so that a search can pass it by unread. Thread-compatible.
#pragma once

#include <algorithm>
#include <cstdint>
#include <set>
#include <string>

#include "storage/trace_reader.h"
#include "tracedb/trace_record.h"

namespace glint::tracedb {

class SegmentSummary {
 public:
  void Add(const TraceRecordHead& head) {
    first_start_ns_ = std::min(first_start_ns_, head.first_start_ns);
    last_start_ns_ = std::max(last_start_ns_, head.last_start_ns);
    last_end_ns_ = std::max(last_end_ns_, head.last_end_ns);
    spans_ += head.hashes.size();
    for (const std::string& service : head.services) {
      if (services_.size() < kMaxServices) {
        services_.insert(service);
      } else {
        any_service_ |= services_.count(service) == 0;
      }
    }
  }

  bool MayMatch(const storage::TraceQuery& query) const {
    if (first_start_ns_ > query.end_ns || last_end_ns_ < query.start_ns) return false;
    return std::all_of(query.predicates.begin(), query.predicates.end(), [&](const auto& p) {
      return p.field != storage::SpanField::kServiceName || any_service_ ||
             services_.count(p.value) > 0;
    });
  }

  // No span starts later.
  model::TimeNs last_start_ns() const { return last_start_ns_; }
  uint64_t spans() const { return spans_; }

 private:
  static constexpr size_t kMaxServices = 1000;  // With more, any may be there.

  model::TimeNs first_start_ns_ = INT64_MAX;
  model::TimeNs last_start_ns_ = INT64_MIN;
  model::TimeNs last_end_ns_ = INT64_MIN;
  uint64_t spans_ = 0;
  std::set<std::string> services_;
  bool any_service_ = false;
};

}  // namespace glint::tracedb
