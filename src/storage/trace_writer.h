// Writing spans, a batch at a time. Implemented by tracedb::TraceStore on disk, MemoryTraces as
// the plain twin, and later by a remote column database. Thread-safe.
#pragma once

#include <cstdint>

#include "base/status.h"
#include "model/span.h"

namespace glint::storage {

// What became of a batch, each span counted once.
struct SpanCounts {
  uint64_t stored = 0;
  uint64_t repeated = 0;  // Equal trace id, span id and content: a sender's retry.
};

class TraceWriter {
 public:
  virtual ~TraceWriter() = default;

  // Stores what one request brought. Durable, as far as the store promises, when it returns OK;
  // may block for a group commit. A span that comes twice with other content is kept twice.
  // REQUIRES: ids not zero, resource and scope of each group not null.
  // UNAVAILABLE: the disk is full or failing, or the store is shutting down: nothing is stored.
  virtual StatusOr<SpanCounts> Append(model::SpanBatch batch) = 0;
};

}  // namespace glint::storage
