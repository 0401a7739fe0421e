// Sets of the series of a part, as runs of neighbours: series lie in order of their labels, so
// those that share a label mostly stand together.
//
// Thread-safe: values and functions without state.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "codec/byte_writer.h"

namespace glint::tsdb {

struct SeriesRun {
  uint32_t begin = 0;
  uint32_t end = 0;  // Not included.
  bool operator==(const SeriesRun&) const = default;
};

// Ascending; no two touch or overlap, none is empty.
using SeriesRuns = std::vector<SeriesRun>;

// Adds one that is larger than all before.
void AppendSeries(uint32_t series, SeriesRuns& runs);
uint64_t CountSeries(const SeriesRuns& runs);

SeriesRuns Intersect(const SeriesRuns& a, const SeriesRuns& b);
SeriesRuns Subtract(const SeriesRuns& from, const SeriesRuns& what);
// Makes one of many whose runs stand one after another in `runs`, in any order.
SeriesRuns Unite(SeriesRuns runs);

// Encodes while they come, so that a list of many takes few bytes. Thread-compatible.
class PostingsEncoder {
 public:
  // REQUIRES: `series` is larger than all before.
  void Add(uint32_t series);
  // At least one was added; this is not used again.
  std::string Take();

 private:
  void PutRun();

  uint32_t last_end_ = 0;
  SeriesRun run_;  // Not put yet; empty at first.
  codec::ByteWriter bytes_;
};
// Appends to `out`. INVALID_ARGUMENT: not such bytes, or not of series below `series`.
Status DecodePostings(std::string_view bytes, uint64_t series, SeriesRuns& out);

}  // namespace glint::tsdb
