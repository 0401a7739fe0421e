// What a target exposed last time, and so what this time is new, the same or gone.
//
// As long as a scrape has the lines of the last one, its numbers are all that is read: FillSame().
// When lines came or went the scrape is parsed and compared line by line with the last one: Fill().
// Labels are made only for what is new, and what is no longer there gets a staleness marker. Both
// put the same into the batch, in the order of the lines, so that the series of one scrape and the
// next are the same list.
//
// Keeps no text: a hash, a length and a ref a series, 18 bytes (wire/exposition_shape.h).
//
// Single-threaded.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/status.h"
#include "config/prometheus_config.h"
#include "model/labels.h"
#include "storage/metric_batch.h"
#include "storage/metric_writer.h"
#include "wire/exposition.h"
#include "wire/exposition_shape.h"

namespace glint::scrape {

// The numbers of scrape_samples_scraped, scrape_samples_post_metric_relabeling and
// scrape_series_added.
struct FillCounts {
  uint64_t scraped = 0;
  uint64_t kept = 0;
  uint64_t added = 0;
};

class TargetSeries {
 public:
  // Both outlive this.
  TargetSeries(const config::ScrapeConfig& config, const model::Labels& target_labels)
      : config_(config), target_labels_(target_labels) {}

  // Puts a scrape into `batch`, whose time is set, if it has the lines of the last one: samples and
  // exemplars that are new. None: it has others, or is no exposition; nothing happened.
  std::optional<FillCounts> FillSame(std::string_view body, wire::ExpositionFormat format,
                                     storage::MetricBatch& batch);

  // Puts any scrape into `batch`: also markers for what is gone, and metadata if it changed.
  // `scrape` is what was parsed from `body`.
  // On an error nothing changed and the batch is void. RESOURCE_EXHAUSTED: "sample limit exceeded"
  // and the label limits. INVALID_ARGUMENT: a sample without a name after relabelling. Else what
  // Resolve() said.
  StatusOr<FillCounts> Fill(std::string_view body, wire::ParsedScrape scrape,
                            storage::MetricWriter& writer, storage::MetricBatch& batch);

  // Puts a marker for every series of the last scrape into `batch`: it failed, or the target goes.
  void FillStale(storage::MetricBatch& batch);

  // The batch that was filled last is stored.
  void Commit();

  // It could not be stored: the series that it made are forgotten, so that a store which refuses
  // for long does not fill the memory here.
  void Abandon();

  // The store no longer knows these refs: all series are new again, and none can end.
  void Forget();

  size_t series() const { return known_.refs.size(); }

 private:
  // One scrape's lines. Columns are one entry a line, or empty where all would be the same.
  struct Known {
    wire::ExpositionShape shape;
    std::vector<model::SeriesRef> refs;
    std::vector<bool> dropped;  // By metric relabelling.
    std::vector<model::TimeMs> start_times;
    FillCounts counts;
    bool ended = false;  // Its series have got their markers.

    bool IsDropped(size_t line) const { return !dropped.empty() && dropped[line]; }
  };
  enum class Pending : uint8_t { kNothing, kSame, kNew, kStale };
  class LineFinder;
  struct NewSeries;

  Status FillRefs(const wire::ParsedScrape& scrape, storage::MetricWriter& writer, Known& next,
                  std::vector<int64_t>& before);
  wire::Readings TakeReadings(wire::ParsedScrape& scrape, const std::vector<int64_t>& before,
                              Known& next) const;
  void Put(const Known& lines, wire::Readings readings, storage::MetricBatch& batch);
  void AddGone(const std::vector<bool>& still_there, storage::MetricBatch& batch) const;
  bool IsTracked(size_t line) const;

  const config::ScrapeConfig& config_;
  const model::Labels& target_labels_;
  Known known_;                 // The last scrape that was stored.
  uint64_t metadata_hash_ = 0;  // Of what was last stored; 0 before.

  // Of the fill that waits for Commit().
  Pending pending_ = Pending::kNothing;
  Known new_;
  std::vector<wire::ExemplarMark> new_exemplars_;
  uint64_t new_metadata_hash_ = 0;
};

}  // namespace glint::scrape
