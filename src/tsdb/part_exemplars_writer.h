// Writes the exemplars of a part: runs of those of one series, where they are, and which traces
// they name.
//
// Single-threaded. Holds for each run where it is, and 8 bytes for each trace.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/status.h"
#include "model/exemplar.h"
#include "model/ids.h"
#include "model/time.h"
#include "tsdb/part_file_writer.h"

namespace glint::tsdb {

// What stands for a trace id in the table of those that are named: `bits` of a hash, since the
// first bytes of ids are not random with every sender.
uint64_t TraceHash(const model::TraceId& id, uint64_t bits);

class PartExemplarsWriter {
 public:
  // Into the section of exemplars. REQUIRES: series ascend, exemplars ascend in time, not empty.
  Status Add(uint32_t series, std::span<const model::Exemplar> exemplars, PartFileWriter& file);

  // The sections of runs, their blocks, traces and theirs. `numbers` are the numbers in the part,
  // by the number that Add() got.
  Status Write(PartFileWriter& file, std::span<const uint32_t> numbers, PartFooter& footer);

  uint64_t count() const { return count_; }
  model::TimeRange time() const { return time_; }  // Empty when there are none.

 private:
  struct Run {
    uint32_t series = 0;
    uint32_t count = 0;
    uint64_t offset = 0;
    uint64_t length = 0;
    model::TimeRange time;
  };
  Status WriteRuns(PartFileWriter& file, std::span<const uint32_t> numbers) const;
  Status WriteTraces(PartFileWriter& file, PartFooter& footer);

  std::vector<Run> runs_;
  std::vector<uint64_t> traces_;  // All 64 bits of the hashes.
  uint64_t count_ = 0;
  model::TimeRange time_{model::kMaxTimeMs, model::kMinTimeMs};
};

}  // namespace glint::tsdb
