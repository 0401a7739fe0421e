// A batch on its way from its sender through the log into the head: what of it is a row, and the
// rest. Thread-compatible.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "storage/metric_batch.h"
#include "tsdb/exemplar_head.h"
#include "tsdb/row_head.h"

namespace glint::tsdb {

struct StagedBatch {
  storage::SenderId sender = 0;
  // Both or neither. `rows` lives as long as the head's current generation.
  RowHead* rows = nullptr;
  RowHead::Staged row;

  // What does not come as a row: floats with times of their own, histograms, exemplars, metadata.
  storage::MetricBatch rest;

  storage::AppendCounts counts;  // Of what was left out already.

  bool has_row() const { return rows != nullptr; }
  bool has_rest() const {
    return !rest.series.empty() || !rest.histograms.empty() || !rest.exemplars.empty() ||
           !rest.metadata.empty();
  }
};

}  // namespace glint::tsdb
