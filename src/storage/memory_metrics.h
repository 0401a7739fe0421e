// The plain metric store: everything in vectors behind one mutex, nothing on disk.
//
// Engines are tested on it and tsdb::MetricStore is tested against it, so it is written to be
// believed rather than to be fast: an append to a series that a reader has seen copies the series.
//
// Thread-safe.
#pragma once

#include <absl/base/thread_annotations.h>

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "base/mutex.h"
#include "storage/exemplar_reader.h"
#include "storage/metric_admin.h"
#include "storage/metric_reader.h"
#include "storage/metric_writer.h"
#include "storage/pins.h"
#include "storage/postings.h"

namespace glint::storage {

// What retention took away.
struct MetricDrops {
  uint64_t samples = 0;
  uint64_t exemplars = 0;
  uint64_t series = 0;
};

// Senders that disagree on one family; what is beyond is not kept.
inline constexpr size_t kMaxMetadataPerFamily = 10;
// Families with metadata; what is beyond is not kept.
inline constexpr size_t kMaxMetadataFamilies = 1'000'000;

class MemoryMetrics final : public MetricWriter,
                            public MetricReader,
                            public ExemplarReader,
                            public MetricAdmin,
                            public Pins {
 public:
  struct Options {
    const Clock* clock = &SystemClock();  // Outlives the store.
    uint64_t max_series = 10'000'000;
  };
  MemoryMetrics() : MemoryMetrics(Options()) {}
  explicit MemoryMetrics(const Options& options) : options_(options) {}

  StatusOr<std::vector<model::SeriesRef>> Resolve(std::span<const model::Labels> series) override;
  StatusOr<AppendCounts> Append(MetricBatch batch) override;

  StatusOr<std::unique_ptr<SeriesCursor>> Select(const SeriesQuery& query,
                                                 QueryBudget& budget) const override;
  StatusOr<std::vector<model::Labels>> Series(const SeriesQuery& query, size_t limit,
                                              QueryBudget& budget) const override;
  StatusOr<std::vector<std::string>> LabelNames(const SeriesQuery& query, size_t limit,
                                                QueryBudget& budget) const override;
  StatusOr<std::vector<std::string>> LabelValues(const std::string& name, const SeriesQuery& query,
                                                 size_t limit, QueryBudget& budget) const override;
  std::vector<model::MetricMetadata> Metadata(const std::string& family) const override;

  StatusOr<std::vector<model::SeriesExemplars>> SelectExemplars(const ExemplarQuery& query,
                                                                QueryBudget& budget) const override;

  std::vector<bool> ArePinned(std::span<const model::TraceId> ids) const override;

  Status Delete(const std::vector<std::vector<model::Matcher>>& any_of,
                model::TimeRange time) override;
  // Nothing to do: what was deleted took no room.
  Status CleanTombstones() override { return OkStatus(); }
  StatusOr<std::string> Snapshot() override {
    return Unimplemented("nothing of a store in memory is on the disk");
  }

  // Lets samples and exemplars before `time` go, and takes none of that age in from now on. A
  // series that has nothing left goes too, and its ref, once the ref's lifetime is over.
  MetricDrops DropBefore(model::TimeMs time);

  uint64_t series_count() const;
  // What samples, exemplars and labels take, roughly.
  uint64_t bytes() const;

 private:
  struct Entry {
    // Never changed once shown to a reader: a writer then makes a copy first.
    std::shared_ptr<SeriesData> data;
    mutable bool shown = false;
    // Ascends in time, equal times in order of arrival. No two are equal.
    std::vector<model::Exemplar> exemplars;
    model::TimeMs last_used = 0;
  };

  Entry* Find(model::SeriesRef ref) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  Status CheckRefs(const MetricBatch& batch) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // The data of a series, made ready to be changed.
  SeriesData& Writable(Entry& entry) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void AppendFloat(const MetricBatch& batch, size_t i, model::TimeMs now, AppendCounts& counts)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void AppendHistogram(model::SeriesRef ref, const HistogramSample& sample, model::TimeMs now,
                       AppendCounts& counts) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void AppendExemplar(model::SeriesRef ref, model::Exemplar exemplar, model::TimeMs now,
                      AppendCounts& counts) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void AddMetadata(model::MetricMetadata metadata) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Takes out what is in the range, and says how much it was.
  MetricDrops Drop(Entry& entry, model::TimeRange time) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Unpin(const model::TraceId& id) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Entries with a sample in the range, ascending in labels.
  std::vector<const Entry*> Matching(const SeriesQuery& query) const
      ABSL_SHARED_LOCKS_REQUIRED(mutex_);

  const Options options_;
  mutable Mutex mutex_;
  Postings postings_ ABSL_GUARDED_BY(mutex_);
  std::unordered_map<model::SeriesRef, Entry> series_ ABSL_GUARDED_BY(mutex_);
  std::unordered_map<model::Labels, model::SeriesRef, model::LabelsHash> refs_
      ABSL_GUARDED_BY(mutex_);
  uint64_t next_ref_ ABSL_GUARDED_BY(mutex_) = 1;
  model::TimeMs floor_ ABSL_GUARDED_BY(mutex_) = model::kMinTimeMs;
  std::map<std::string, std::vector<model::MetricMetadata>> metadata_ ABSL_GUARDED_BY(mutex_);
  // How many stored exemplars name the trace; never 0.
  std::unordered_map<model::TraceId, uint64_t, model::IdHash> pins_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace glint::storage
