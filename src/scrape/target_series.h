// What a target exposed last time, and so what this time is new, the same or gone.
//
// A scrape says the same lines again and again: their text is compared with that of the last
// scrape, in its order, and leads to the series' ref; labels are made only for what is new. What
// is no longer there gets a staleness marker.
//
// Single-threaded.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/status.h"
#include "config/prometheus_config.h"
#include "model/labels.h"
#include "storage/metric_batch.h"
#include "storage/metric_writer.h"
#include "wire/exposition.h"

namespace glint::scrape {

// The numbers of scrape_samples_post_metric_relabeling and scrape_series_added.
struct FillCounts {
  uint64_t kept = 0;
  uint64_t added = 0;
};

class TargetSeries {
 public:
  // Both outlive this.
  TargetSeries(const config::ScrapeConfig& config, const model::Labels& target_labels)
      : config_(config), target_labels_(target_labels) {}

  // Puts a scrape into `batch`, whose time is set: samples, markers for what is gone, exemplars
  // that are new, metadata if it changed. May be called again for the same scrape, with an empty
  // batch, until Commit().
  // On an error nothing changed and the batch is void. RESOURCE_EXHAUSTED: "sample limit exceeded"
  // and the label limits. INVALID_ARGUMENT: a sample without a name after relabelling. Else what
  // Resolve() said.
  StatusOr<FillCounts> Fill(const wire::ParsedScrape& scrape, storage::MetricWriter& writer,
                            storage::MetricBatch& batch);

  // Puts a marker for every series of the last scrape into `batch`: it failed, or the target goes.
  void FillStale(storage::MetricBatch& batch);

  // The batch of the last Fill() or FillStale() is stored.
  void Commit();

  // It could not be stored: the series that it made are forgotten, so that a store which refuses
  // for long does not fill the memory here.
  void Abandon();

  // Fetches every ref anew: the store no longer knows some.
  Status ResolveAgain(storage::MetricWriter& writer);

  size_t series() const { return by_text_.size(); }

 private:
  struct Entry {
    model::SeriesRef ref;
    uint64_t seen = 0;           // The fill that had it last.
    uint64_t born = 0;           // The fill that made it.
    uint64_t exemplar_hash = 0;  // Of the last one stored; a target repeats it until the next.
    wire::FloatLabel float_label = wire::FloatLabel::kNone;
    bool dropped = false;  // By metric relabelling.
    bool tracked = true;   // Not when the target says its own times: they may lag behind.
  };
  struct TextHash {
    using is_transparent = void;
    size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };
  struct NewExemplar {
    Entry* entry;
    uint64_t hash;
  };
  using ByText = std::unordered_map<std::string, Entry, TextHash, std::equal_to<>>;

  StatusOr<ByText::value_type*> FindOrMake(const wire::SampleLine& sample, size_t& next);
  Status ResolveNew(storage::MetricWriter& writer);
  Status CheckLimits(const model::Labels& labels) const;
  std::optional<model::Labels> LabelsOf(const model::Labels& scraped) const;
  void AddSample(const wire::SampleLine& sample, const wire::ParsedScrape& scrape, Entry& entry,
                 storage::MetricBatch& batch);
  void AddGone(storage::MetricBatch& batch);

  const config::ScrapeConfig& config_;
  const model::Labels& target_labels_;
  uint64_t fill_ = 0;
  uint64_t committed_ = 0;  // The last fill that was stored.
  ByText by_text_;
  // The last scrape in its order; entries of by_text_, each once.
  std::vector<ByText::value_type*> live_;
  std::vector<model::MetricMetadata> metadata_;

  // Of the fill that waits for Commit().
  std::vector<ByText::value_type*> filled_;
  std::vector<ByText::value_type*> new_;
  std::vector<model::Labels> new_labels_;
  std::vector<NewExemplar> new_exemplars_;
  std::vector<model::MetricMetadata> pending_metadata_;
  bool pending_stale_ = false;
};

// Labels of the target that a sample has too: it keeps its own (`honor`), or they become
// exported_NAME.
model::Labels MergeLabels(const model::Labels& scraped, const model::Labels& target, bool honor);

}  // namespace glint::scrape
