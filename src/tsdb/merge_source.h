// Several sources as one: series by their labels, samples by their time, without what was deleted
// and what has expired, exemplars thinned by age.
//
// The order of inputs decides where two have a sample of one series at one time: the first one's
// stays. Memory: a dozen bytes a series of every input, labels and samples of one series of each.
//
// Single-threaded.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <stop_token>
#include <utility>
#include <vector>

#include "base/status.h"
#include "model/time.h"
#include "tsdb/exemplar_thinning.h"
#include "tsdb/part_source.h"
#include "tsdb/tombstone_cut.h"

namespace glint::tsdb {

struct MergeInput {
  PartSource* source = nullptr;        // Outlives the merge.
  std::vector<DeletedSeries> deleted;  // Ascending in series, which are numbers of the source.
  // How many exemplars it has, from when to when: how dense they are says how many stay.
  uint64_t exemplars = 0;
  model::TimeRange time;
};

struct MergeLimits {
  model::TimeMs now = 0;
  // Samples and exemplars before this are left out.
  model::TimeMs floor = model::kMinTimeMs;
};

struct MergeCounts {
  uint64_t deleted_samples = 0;
  uint64_t deleted_exemplars = 0;
  uint64_t thinned_exemplars = 0;
};

class MergeSource final : public PartSource {
 public:
  // Reads all labels once.
  MergeSource(std::vector<MergeInput> inputs, const MergeLimits& limits, std::stop_token stop);

  size_t series_count() const override { return first_entry_.size() - 1; }
  model::Labels LabelsOf(size_t i) const override;
  // CANCELLED: `stop` was requested. Others: as the inputs.
  Status ReadSamples(size_t i, storage::SeriesData& out) override;
  Status ReadExemplars(size_t i, std::vector<model::Exemplar>& out) override;
  bool MayHaveExemplars(size_t i) const override;
  std::vector<model::MetricMetadata> Metadata() const override;

  // Of the series that were read so far, each counted once however often it was read.
  const MergeCounts& counts() const { return counts_; }

 private:
  struct Entry {
    uint32_t input = 0;
    uint32_t series = 0;  // Of the input.
  };
  void FindSeries();
  void FindDensity();
  std::span<const Entry> EntriesOf(size_t i) const;
  std::span<const model::TimeRange> DeletedIn(const Entry& entry) const;
  Status CheckStop() const;

  const std::vector<MergeInput> inputs_;
  const MergeLimits limits_;
  const std::stop_token stop_;

  // Series i is in entries_[first_entry_[i]] up to entries_[first_entry_[i + 1]], by input.
  std::vector<size_t> first_entry_;
  std::vector<Entry> entries_;
  ExemplarDensity density_;

  storage::SeriesData columns_;  // Of one input, kept for their room.
  std::vector<model::Exemplar> exemplars_;
  std::vector<bool> samples_counted_;
  std::vector<bool> exemplars_counted_;
  MergeCounts counts_;
};

}  // namespace glint::tsdb
