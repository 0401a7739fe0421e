// An immutable file of series: their labels, samples and exemplars in one time range, with an index
// of their labels. docs/format/part.md has the bytes.
//
// Mapped, not read: opening costs the footer, a query touches what it needs, and each section or
// page is held against its checksum the first time. Samples lie in chunks that share their column
// of times with all that were scraped together; the buckets of a classic histogram lie in one
// chunk.
//
// Thread-safe. Lives as long as any reader holds it, its file removed or not.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/status.h"
#include "model/exemplar.h"
#include "model/ids.h"
#include "model/labels.h"
#include "model/matcher.h"
#include "model/metadata.h"
#include "model/time.h"
#include "storage/metric_reader.h"
#include "tsdb/part_source.h"

namespace glint::tsdb {

// What the footer says, and so what opening knows.
struct PartInfo {
  uint64_t id = 0;
  uint32_t level = 0;  // 0: written from the head; else one more than what it was compacted from.
  model::TimeRange time;  // Of samples and exemplars. Empty when there are none.
  uint64_t series = 0;
  uint64_t samples = 0;
  uint64_t chunks = 0;
  uint64_t exemplars = 0;
  uint64_t bytes = 0;  // Of the file.
  // Of the file, by what they hold.
  uint64_t sample_bytes = 0;  // Chunks and columns of times.
  uint64_t index_bytes = 0;   // Symbols, series, postings.
  uint64_t exemplar_bytes = 0;
};

// "0000000000000042.part", and back; none for other names.
std::string PartName(uint64_t id);
std::optional<uint64_t> PartIdOf(std::string_view name);

struct PartWriteOptions {
  FileSystem* files = &PosixFileSystem();  // Outlives the call.
  uint64_t id = 0;
  uint32_t level = 0;
  // Samples a chunk: fewer are decoded for nothing by a short query, more compress better.
  size_t max_chunk_samples = 1024;
};

// Writes `source` as `folder`/PartName(id), synced, folder too: complete or not there at all.
// Memory: what one histogram's or one series' samples take, and the index. A source without
// anything gives a part without series.
// UNAVAILABLE: no room; what was written is removed. DATA_LOSS: of the source, or the disk.
StatusOr<PartInfo> WritePart(const std::string& folder, PartSource& source,
                             const PartWriteOptions& options);

// A series of one part: its place in the order of labels.
using PartSeries = uint32_t;

class Part {
 public:
  // DATA_LOSS: not such a file, or damaged where it has to be whole (footer, directory).
  // FAILED_PRECONDITION: of a version that is not known.
  static StatusOr<std::shared_ptr<const Part>> Open(FileSystem& files, const std::string& path);
  ~Part();

  const PartInfo& info() const;
  const std::string& path() const;

  // Series that all matchers match, ascending. No matcher selects all. DATA_LOSS: the index.
  StatusOr<std::vector<PartSeries>> Select(std::span<const model::Matcher> matchers) const;
  StatusOr<model::Labels> LabelsOf(PartSeries series) const;
  // From its first to its last sample; empty when it has only exemplars.
  StatusOr<model::TimeRange> RangeOf(PartSeries series) const;
  // Whether it has a sample in the range; reads times only where the chunks' ranges leave a doubt.
  StatusOr<bool> HasSampleIn(PartSeries series, model::TimeRange range) const;

  // Appends its samples in the range to the columns of `out` (not its labels). DATA_LOSS: a page
  // fails its checksum or does not decode; the text says which, `out` is as it was.
  Status ReadSamples(PartSeries series, model::TimeRange range, storage::SeriesData& out) const;
  Status ReadExemplars(PartSeries series, model::TimeRange range,
                       std::vector<model::Exemplar>& out) const;
  bool HasExemplars(PartSeries series) const;

  // All names, and all values of a name, of any series here; ascending.
  StatusOr<std::vector<std::string>> LabelNames() const;
  StatusOr<std::vector<std::string>> LabelValues(std::string_view name) const;
  StatusOr<std::vector<model::MetricMetadata>> Metadata() const;

  // Marks in `pinned` the ids that an exemplar here names; leaves the others as they are. An
  // unreadable table pins everything: a trace is rather kept than lost.
  void MarkPinned(std::span<const model::TraceId> ids, std::vector<bool>& pinned) const;

  // Reads all of it, as `glint inspect` does: every checksum, every column, every order.
  // DATA_LOSS: the first thing that is wrong, and where.
  Status Verify() const;

 private:
  class Index;
  Part();
  std::unique_ptr<const Index> index_;
};

}  // namespace glint::tsdb
