#include "tsdb/head.h"

#include <algorithm>
#include <utility>

namespace glint::tsdb {

using model::SeriesRef;
using model::TimeMs;
using storage::AppendCounts;

HeadSeries* Head::Find(SeriesRef ref) const {
  const uint64_t page = ref.value / kPage;
  if (page >= pages_.size() || pages_[page] == nullptr) return nullptr;
  return pages_[page]->series[ref.value % kPage].get();
}

void Head::ForEach(const std::function<void(SeriesRef, HeadSeries&)>& visit) const {
  for (size_t page = 0; page < pages_.size(); ++page) {
    if (pages_[page] == nullptr) continue;
    for (size_t i = 0; i < kPage; ++i) {
      if (const auto& series = pages_[page]->series[i]) visit({page * kPage + i}, *series);
    }
  }
}

StatusOr<std::vector<SeriesRef>> Head::Resolve(std::span<const model::Labels> series, TimeMs now,
                                               uint64_t max_series) {
  std::vector<SeriesRef> out;
  out.reserve(series.size());
  const MutexLock lock(&mutex_);
  uint64_t unknown = 0;
  for (const model::Labels& labels : series) {
    CHECK(!labels.empty());
    unknown += refs_.count(&labels) == 0;
  }
  if (unknown > 0 && series_count_ + unknown > max_series) {
    return ResourceExhausted("{} new series, but {} of at most {} are held", unknown, series_count_,
                             max_series);
  }
  for (const model::Labels& labels : series) {
    if (const auto known = refs_.find(&labels); known != refs_.end()) {
      Find(known->second)->last_used = now;
      out.push_back(known->second);
    } else {
      out.push_back({next_ref_++});
      AddSeries(out.back(), labels, now);
    }
  }
  return out;
}

void Head::AddSeries(SeriesRef ref, const model::Labels& labels, TimeMs now) {
  const uint64_t page = ref.value / kPage;
  if (page >= pages_.size()) pages_.resize(page + 1);
  if (pages_[page] == nullptr) pages_[page] = std::make_unique<Page>();
  auto series = std::make_unique<HeadSeries>(std::make_shared<const model::Labels>(labels));
  series->last_used = now;
  refs_.emplace(series->labels().get(), ref);
  postings_.Add(ref, *series->labels());
  bytes_ += series->bytes();
  ++series_count_;
  ++pages_[page]->held;
  pages_[page]->series[ref.value % kPage] = std::move(series);
}

void Head::RemoveSeries(std::span<const storage::Postings::Entry> gone) {
  postings_.Remove(gone);
  for (const storage::Postings::Entry& entry : gone) {
    refs_.erase(entry.labels);
    bytes_ -= Find(entry.ref)->bytes();
    --series_count_;
    std::unique_ptr<Page>& page = pages_[entry.ref.value / kPage];
    page->series[entry.ref.value % kPage].reset();
    const bool takes_no_more = next_ref_ / kPage > entry.ref.value / kPage;
    if (--page->held == 0 && takes_no_more) page.reset();
  }
}

Status Head::Define(const storage::MetricBatch& batch, uint64_t segment, TimeMs now,
                    std::vector<codec::SeriesDefinition>& definitions) {
  const MutexLock lock(&mutex_);
  const auto columns = {&batch.series, &batch.histogram_series, &batch.exemplar_series};
  for (const std::vector<SeriesRef>* refs : columns) {
    for (const SeriesRef ref : *refs) {
      HeadSeries* series = Find(ref);
      if (series == nullptr) return NotFound("series ref {} is not known", ref.value);
      series->last_used = now;
    }
  }
  for (const std::vector<SeriesRef>* refs : columns) {
    for (const SeriesRef ref : *refs) {
      HeadSeries& series = *Find(ref);
      if (series.logged_segment == segment) continue;
      series.logged_segment = segment;
      definitions.push_back({ref, series.labels()});
    }
  }
  return OkStatus();
}

void Head::Undefine(const std::vector<codec::SeriesDefinition>& definitions) {
  const MutexLock lock(&mutex_);
  for (const codec::SeriesDefinition& definition : definitions) {
    if (HeadSeries* series = Find(definition.ref)) series->logged_segment = 0;
  }
}

AppendCounts Head::Apply(codec::MetricRecord record, TimeMs written) {
  AppendCounts counts;
  const MutexLock lock(&mutex_);
  ApplySamples(record, written, counts);
  ApplyHistograms(record, written, counts);
  ApplyExemplars(record, written, counts);
  ApplyMetadata(std::move(record.metadata));
  return counts;
}

namespace {

void Count(HeadSeries::Put put, AppendCounts& counts) {
  switch (put) {
    case HeadSeries::Put::kStored:
      ++counts.samples_stored;
      return;
    case HeadSeries::Put::kRepeated:
      ++counts.samples_repeated;
      return;
    case HeadSeries::Put::kConflicting:
      ++counts.samples_conflicting;
      return;
  }
}

}  // namespace

void Head::ApplySamples(const codec::MetricRecord& record, TimeMs written, AppendCounts& counts) {
  for (size_t i = 0; i < record.series.size(); ++i) {
    const codec::TimedSample sample{record.times.empty() ? record.time : record.times[i],
                                    record.values[i],
                                    record.start_times.empty() ? 0 : record.start_times[i]};
    if (sample.time < floor_) {
      ++counts.samples_too_old;
      continue;
    }
    HeadSeries& series = *Find(record.series[i]);
    const uint64_t before = series.bytes();
    Count(series.PutFloat(sample), counts);
    bytes_ += series.bytes() - before;
    series.last_written = written;
  }
}

void Head::ApplyHistograms(codec::MetricRecord& record, TimeMs written, AppendCounts& counts) {
  for (size_t i = 0; i < record.histograms.size(); ++i) {
    if (record.histogram_times[i] < floor_) {
      ++counts.samples_too_old;
      continue;
    }
    HeadSeries& series = *Find(record.histogram_series[i]);
    const uint64_t before = series.bytes();
    Count(series.PutHistogram({record.histogram_times[i], std::move(record.histograms[i]),
                               record.histogram_start_times[i]}),
          counts);
    bytes_ += series.bytes() - before;
    series.last_written = written;
  }
}

void Head::ApplyExemplars(codec::MetricRecord& record, TimeMs written, AppendCounts& counts) {
  for (size_t i = 0; i < record.exemplars.size(); ++i) {
    model::Exemplar& exemplar = record.exemplars[i];
    if (exemplar.time < floor_) {
      ++counts.exemplars_expired;
      continue;
    }
    const model::TraceId trace = exemplar.trace_id;
    HeadSeries& series = *Find(record.exemplar_series[i]);
    const uint64_t before = series.bytes();
    if (series.PutExemplar(std::move(exemplar)) == HeadSeries::Put::kRepeated) {
      ++counts.exemplars_repeated;
      continue;
    }
    ++counts.exemplars_stored;
    ++exemplars_;
    bytes_ += series.bytes() - before;
    series.last_written = written;
    with_exemplars_.insert(record.exemplar_series[i]);
    if (!trace.IsZero()) ++pins_[trace];
  }
}

void Head::ApplyMetadata(std::vector<model::MetricMetadata> metadata) {
  for (model::MetricMetadata& entry : metadata) {
    const auto known = metadata_.find(entry.family);
    if (known == metadata_.end() && metadata_.size() >= storage::kMaxMetadataFamilies) continue;
    std::vector<model::MetricMetadata>& held =
        known == metadata_.end() ? metadata_[entry.family] : known->second;
    if (held.size() >= storage::kMaxMetadataPerFamily) continue;
    if (std::find(held.begin(), held.end(), entry) == held.end()) held.push_back(std::move(entry));
  }
}

storage::MetricDrops Head::DropBefore(TimeMs time, TimeMs now) {
  storage::MetricDrops drops;
  std::vector<storage::Postings::Entry> gone;
  const MutexLock lock(&mutex_);
  floor_ = std::max(floor_, time);
  const TimeMs unused_since = now - storage::kRefLifetimeMs;
  // ForEach() takes a callback, which the annotations cannot see into.
  const auto visit = [&](SeriesRef ref, HeadSeries& series) ABSL_NO_THREAD_SAFETY_ANALYSIS {
    const uint64_t before = series.bytes();
    drops.samples += series.DropSamplesBefore(floor_);
    const std::vector<model::Exemplar> expired = series.DropExemplarsBefore(floor_);
    drops.exemplars += expired.size();
    for (const model::Exemplar& exemplar : expired) {
      const auto pin = pins_.find(exemplar.trace_id);
      if (pin != pins_.end() && --pin->second == 0) pins_.erase(pin);
    }
    if (!expired.empty() && series.exemplars().empty()) with_exemplars_.erase(ref);
    bytes_ += series.bytes() - before;
    if (series.empty() && series.last_used < unused_since) {
      gone.push_back({ref, series.labels().get()});
    }
  };
  ForEach(visit);
  exemplars_ -= drops.exemplars;
  RemoveSeries(gone);
  drops.series = gone.size();
  return drops;
}

TimeMs Head::TimeToFree(uint64_t bytes) const {
  std::vector<std::pair<TimeMs, uint64_t>> chunks;
  const ReaderMutexLock lock(&mutex_);
  ForEach([&](SeriesRef, HeadSeries& series) {
    series.ChunkBytes(chunks);
    for (const model::Exemplar& exemplar : series.exemplars()) {
      chunks.emplace_back(exemplar.time, sizeof exemplar);
    }
  });
  std::sort(chunks.begin(), chunks.end());
  uint64_t freed = 0;
  TimeMs time = floor_;
  for (const auto& [last, size] : chunks) {
    if (freed >= bytes) break;
    freed += size;
    time = last + 1;
  }
  return time;
}

TimeMs Head::floor() const {
  const ReaderMutexLock lock(&mutex_);
  return floor_;
}

uint64_t Head::bytes() const {
  const ReaderMutexLock lock(&mutex_);
  return bytes_;
}

HeadStats Head::Stats(TimeMs now) const {
  const ReaderMutexLock lock(&mutex_);
  HeadStats stats{.series = series_count_, .exemplars = exemplars_, .bytes = bytes_};
  ForEach([&](SeriesRef, HeadSeries& series) {
    stats.active_series += series.last_written > now - kActiveMs;
  });
  return stats;
}

}  // namespace glint::tsdb
