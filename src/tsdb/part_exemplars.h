// The exemplars of a part: by series, and whether one names a trace.
//
// Thread-safe.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "base/status.h"
#include "model/exemplar.h"
#include "model/ids.h"
#include "model/time.h"
#include "tsdb/part_bytes.h"

namespace glint::tsdb {

class PartExemplars {
 public:
  // `bytes` outlives this.
  explicit PartExemplars(const PartBytes& bytes) : bytes_(bytes) {}

  // Appends those in `range` to `out`, oldest first; on an error `out` is as it was.
  Status Read(PartSeries series, model::TimeRange range, std::vector<model::Exemplar>& out) const;
  // DATA_LOSS: nobody knows.
  StatusOr<bool> Has(PartSeries series) const;

  // Whether the table of traces has it: always when an exemplar names it, and once in 2^20 when
  // none does. DATA_LOSS: nobody knows.
  StatusOr<bool> Names(const model::TraceId& id) const;

  // A run of exemplars of one series, in the file.
  struct Run {
    PartSeries series = 0;
    uint64_t offset = 0;  // In the section of exemplars.
    uint64_t length = 0;
    uint64_t count = 0;
    model::TimeRange time;
  };
  // All runs, in order of series, then of time.
  using RunVisitor = std::function<Status(const Run&)>;
  Status ForEachRun(const RunVisitor& visit) const;
  StatusOr<std::vector<model::Exemplar>> Decode(const Run& run) const;

 private:
  StatusOr<std::vector<Run>> ReadRuns(uint64_t block) const;
  // The first block that may have a run of `series`.
  StatusOr<uint64_t> FirstBlockOf(PartSeries series) const;
  StatusOr<std::vector<Run>> RunsOf(PartSeries series, model::TimeRange range) const;

  const PartBytes& bytes_;
};

}  // namespace glint::tsdb
