// Reading metrics: series by matchers and time, as columns.
//
// What is read is a snapshot: writes after the call do not show. Engines pull blocks, so neither
// side holds more than a block that it did not ask for; the only virtual call is one a block.
//
// Thread-safe, but a cursor belongs to one thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/query_budget.h"
#include "base/status.h"
#include "model/labels.h"
#include "model/matcher.h"
#include "model/metadata.h"
#include "model/time.h"
#include "storage/metric_batch.h"
#include "storage/metric_grid.h"

namespace glint::storage {

struct SeriesQuery {
  std::vector<model::Matcher> series;  // All must match; none selects every series.
  model::TimeRange time;
};

// One series in one time range: parallel columns, ascending in time, times distinct. Floats and
// histograms each have their own; staleness markers are among them.
struct SeriesData {
  std::shared_ptr<const model::Labels> labels;  // Never null.
  std::vector<model::TimeMs> times;
  std::vector<double> values;
  std::vector<model::TimeMs> start_times;  // Empty when none is known, else as long as `times`.
  std::vector<HistogramSample> histograms;
};

struct SeriesBlock {
  std::vector<SeriesData> series;     // Empty: there are no more.
  std::vector<std::string> warnings;  // What could not be read, and why; the rest is here.
};

// The rest of a selection, block by block, in ascending order of labels over all blocks. Series
// without a sample in the time range are left out.
class SeriesCursor {
 public:
  virtual ~SeriesCursor() = default;
  // CANCELLED, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED: by the budget. DATA_LOSS: nothing readable.
  // The bytes of a block are charged to the budget; the caller releases them.
  virtual StatusOr<SeriesBlock> Next() = 0;
};

// Bytes that the columns hold: what Next() charged for a block is the sum over its series.
uint64_t BytesOf(const SeriesData& data);
uint64_t BytesOf(const SeriesBlock& block);
uint64_t SamplesOf(const SeriesBlock& block);

class MetricReader {
 public:
  virtual ~MetricReader() = default;

  // `budget` outlives the cursor.
  virtual StatusOr<std::unique_ptr<SeriesCursor>> Select(const SeriesQuery& query,
                                                         QueryBudget& budget) const = 0;

  // A whole plan fragment, for stores that compute where the data is. Empty: not offered here,
  // the caller computes it from Select(). An engine may always refuse.
  virtual StatusOr<std::optional<GridResult>> SelectGrid(const GridQuery& query,
                                                         QueryBudget& budget) const;

  // Label sets of series that have a sample in the range, ascending, at most `limit` (0: all).
  virtual StatusOr<std::vector<model::Labels>> Series(const SeriesQuery& query, size_t limit,
                                                      QueryBudget& budget) const = 0;
  // Distinct names and values of such series, ascending, at most `limit` (0: all).
  virtual StatusOr<std::vector<std::string>> LabelNames(const SeriesQuery& query, size_t limit,
                                                        QueryBudget& budget) const = 0;
  virtual StatusOr<std::vector<std::string>> LabelValues(const std::string& name,
                                                         const SeriesQuery& query, size_t limit,
                                                         QueryBudget& budget) const = 0;

  // What senders said of one family, or of all when `family` is empty; ascending in name. Several
  // entries a family when senders disagree.
  virtual std::vector<model::MetricMetadata> Metadata(const std::string& family) const = 0;
};

}  // namespace glint::storage
