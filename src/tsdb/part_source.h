// What a part is made of: series in order of their labels, each with its samples and exemplars. The
// head offers itself as one when it is written out, several parts when they are compacted.
//
// Single-threaded, but for what says otherwise.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "base/status.h"
#include "model/exemplar.h"
#include "model/labels.h"
#include "model/metadata.h"
#include "storage/metric_reader.h"

namespace glint::tsdb {

class PartSource {
 public:
  virtual ~PartSource() = default;

  virtual size_t series_count() const = 0;
  // Of series `i` < series_count(); ascending in i, distinct.
  virtual model::Labels LabelsOf(size_t i) const = 0;
  // Its samples, merged from wherever they lie: each time once. They replace what is in the columns
  // of `out`; labels stay. May be asked for again, and in any order; cheapest for neighbours. Empty
  // columns: the series has nothing (left) and no part in it.
  // DATA_LOSS: unreadable.
  virtual Status ReadSamples(size_t i, storage::SeriesData& out) = 0;
  // Oldest first, no two equal; they replace what is in `out`.
  virtual Status ReadExemplars(size_t i, std::vector<model::Exemplar>& out) = 0;
  // False: ReadExemplars() would give none.
  virtual bool MayHaveExemplars(size_t) const { return true; }

  // Of the families of these series, at least.
  virtual std::vector<model::MetricMetadata> Metadata() const = 0;
};

}  // namespace glint::tsdb
