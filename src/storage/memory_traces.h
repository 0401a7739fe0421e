// The plain trace store: spans in a map by trace id behind one mutex, nothing on disk.
//
// Engines are tested on it and tracedb::TraceStore is tested against it. Thread-safe.
#pragma once

#include <absl/base/thread_annotations.h>

#include <map>
#include <span>
#include <vector>

#include "base/mutex.h"
#include "storage/pins.h"
#include "storage/trace_reader.h"
#include "storage/trace_writer.h"

namespace glint::storage {

class MemoryTraces final : public TraceWriter, public TraceReader {
 public:
  StatusOr<SpanCounts> Append(model::SpanBatch batch) override;

  StatusOr<std::optional<model::Trace>> Find(const model::TraceId& id,
                                             QueryBudget& budget) const override;
  StatusOr<std::vector<bool>> Contains(std::span<const model::TraceId> ids,
                                       QueryBudget& budget) const override;
  StatusOr<std::vector<TraceSummary>> Search(const TraceQuery& query,
                                             QueryBudget& budget) const override;

  // Lets go traces all of whose spans ended before `time_ns`, but those that are pinned; the
  // number of their spans.
  uint64_t DropBefore(model::TimeNs time_ns, const Pins& pins);

  uint64_t trace_count() const;

 private:
  mutable Mutex mutex_;
  // By id, in pieces as they came; no two spans of a trace are equal.
  std::map<model::TraceId, std::vector<model::ScopeSpans>> traces_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace glint::storage
