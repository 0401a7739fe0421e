// The series that tell how each scrape of a target went: up, scrape_duration_seconds and the rest,
// at the end of its batch. Single-threaded.
#pragma once

#include <cstdint>
#include <vector>

#include "base/status.h"
#include "config/prometheus_config.h"
#include "model/series_ref.h"
#include "scrape/target.h"
#include "scrape/target_series.h"
#include "storage/metric_batch.h"
#include "storage/metric_writer.h"

namespace glint::scrape {

struct ScrapeOutcome {
  Status status;
  double seconds = 0;
  uint64_t body_bytes = 0;
  FillCounts counts;
};

class ScrapeReport {
 public:
  // Both outlive this.
  ScrapeReport(const config::ScrapeConfig& config, const Target& target)
      : config_(config), target_(target) {}

  // Whether the store has been asked for its series.
  bool IsResolved() const { return !refs_.empty(); }
  // Adds to the columns of `batch`. What Resolve() said.
  Status Add(const ScrapeOutcome& outcome, storage::MetricWriter& writer,
             storage::MetricBatch& batch);
  // The series end: the target is gone.
  void AddStale(storage::MetricBatch& batch) const;
  // The store no longer knows them.
  void Forget() { refs_.clear(); }

 private:
  const config::ScrapeConfig& config_;
  const Target& target_;
  std::vector<model::SeriesRef> refs_;
};

}  // namespace glint::scrape
