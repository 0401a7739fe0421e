#include "storage/memory_metrics.h"

#include <algorithm>
#include <utility>

#include "storage/same_bits.h"

namespace glint::storage {
namespace {

using model::TimeMs;

bool HasFloatAt(const SeriesData& data, TimeMs time) {
  return std::binary_search(data.times.begin(), data.times.end(), time);
}

auto HistogramAt(std::vector<HistogramSample>& histograms, TimeMs time) {
  return std::lower_bound(histograms.begin(), histograms.end(), time,
                          [](const HistogramSample& held, TimeMs t) { return held.time < t; });
}

bool HasHistogramAt(SeriesData& data, TimeMs time) {
  const auto at = HistogramAt(data.histograms, time);
  return at != data.histograms.end() && at->time == time;
}

}  // namespace

StatusOr<std::vector<model::SeriesRef>> MemoryMetrics::Resolve(
    std::span<const model::Labels> series) {
  const TimeMs now = options_.clock->NowMs();
  const MutexLock lock(&mutex_);
  uint64_t unknown = 0;
  for (const model::Labels& labels : series) {
    CHECK(!labels.empty());
    unknown += refs_.count(labels) == 0;
  }
  if (series_.size() + unknown > options_.max_series) {
    return ResourceExhausted("{} new series, but {} of at most {} are held", unknown,
                             series_.size(), options_.max_series);
  }
  std::vector<model::SeriesRef> out;
  out.reserve(series.size());
  for (const model::Labels& labels : series) {
    const auto [known, is_new] = refs_.try_emplace(labels, model::SeriesRef{next_ref_});
    if (is_new) {
      ++next_ref_;
      postings_.Add(known->second, labels);
      auto data = std::make_shared<SeriesData>();
      data->labels = std::make_shared<const model::Labels>(labels);
      series_[known->second].data = std::move(data);
    }
    series_[known->second].last_used = now;
    out.push_back(known->second);
  }
  return out;
}

MemoryMetrics::Entry* MemoryMetrics::Find(model::SeriesRef ref) {
  const auto found = series_.find(ref);
  return found == series_.end() ? nullptr : &found->second;
}

Status MemoryMetrics::CheckRefs(const MetricBatch& batch) {
  for (const auto* refs : {&batch.series, &batch.histogram_series, &batch.exemplar_series}) {
    for (const model::SeriesRef ref : *refs) {
      if (Find(ref) == nullptr) return NotFound("series ref {} is not known", ref.value);
    }
  }
  return OkStatus();
}

SeriesData& MemoryMetrics::Writable(Entry& entry) {
  if (entry.shown) {
    entry.data = std::make_shared<SeriesData>(*entry.data);
    entry.shown = false;
  }
  return *entry.data;
}

void MemoryMetrics::AppendFloat(const MetricBatch& batch, size_t i, TimeMs now,
                                AppendCounts& counts) {
  const TimeMs time = batch.TimeOf(i);
  const double value = batch.values[i];
  Entry& entry = *Find(batch.series[i]);
  entry.last_used = now;
  if (time < floor_) {
    ++counts.samples_too_old;
    return;
  }
  if (time > now + kMaxFutureMs) {
    ++counts.samples_too_new;
    return;
  }
  const auto at = std::lower_bound(entry.data->times.begin(), entry.data->times.end(), time) -
                  entry.data->times.begin();
  if (HasFloatAt(*entry.data, time)) {
    ++(SameBits(entry.data->values[at], value) ? counts.samples_repeated
                                               : counts.samples_conflicting);
    return;
  }
  if (HasHistogramAt(*entry.data, time)) {
    ++counts.samples_conflicting;
    return;
  }
  SeriesData& data = Writable(entry);
  const TimeMs start_time = batch.start_times.empty() ? 0 : batch.start_times[i];
  if (start_time != 0 && data.start_times.empty()) data.start_times.resize(data.times.size());
  if (start_time != 0 || !data.start_times.empty()) {
    data.start_times.insert(data.start_times.begin() + at, start_time);
  }
  data.times.insert(data.times.begin() + at, time);
  data.values.insert(data.values.begin() + at, value);
  ++counts.samples_stored;
}

void MemoryMetrics::AppendHistogram(model::SeriesRef ref, const HistogramSample& sample, TimeMs now,
                                    AppendCounts& counts) {
  Entry& entry = *Find(ref);
  entry.last_used = now;
  if (sample.time < floor_) {
    ++counts.samples_too_old;
    return;
  }
  if (sample.time > now + kMaxFutureMs) {
    ++counts.samples_too_new;
    return;
  }
  const auto held = HistogramAt(entry.data->histograms, sample.time);
  if (HasHistogramAt(*entry.data, sample.time)) {
    ++(SameBits(*held->histogram, *sample.histogram) ? counts.samples_repeated
                                                     : counts.samples_conflicting);
    return;
  }
  if (HasFloatAt(*entry.data, sample.time)) {
    ++counts.samples_conflicting;
    return;
  }
  SeriesData& data = Writable(entry);
  data.histograms.insert(HistogramAt(data.histograms, sample.time), sample);
  ++counts.samples_stored;
}

void MemoryMetrics::AppendExemplar(model::SeriesRef ref, model::Exemplar exemplar, TimeMs now,
                                   AppendCounts& counts) {
  Entry& entry = *Find(ref);
  entry.last_used = now;
  if (exemplar.time < floor_) {
    ++counts.exemplars_expired;
    return;
  }
  if (exemplar.time > now + kMaxFutureMs) {
    ++counts.exemplars_too_new;
    return;
  }
  const auto [first, last] = std::equal_range(
      entry.exemplars.begin(), entry.exemplars.end(), exemplar,
      [](const model::Exemplar& a, const model::Exemplar& b) { return a.time < b.time; });
  if (std::any_of(first, last, [&](const auto& held) { return SameBits(held, exemplar); })) {
    ++counts.exemplars_repeated;
    return;
  }
  if (!exemplar.trace_id.IsZero()) ++pins_[exemplar.trace_id];
  entry.exemplars.insert(last, std::move(exemplar));
  ++counts.exemplars_stored;
}

void MemoryMetrics::AddMetadata(model::MetricMetadata metadata) {
  if (metadata_.size() >= kMaxMetadataFamilies && metadata_.count(metadata.family) == 0) return;
  std::vector<model::MetricMetadata>& held = metadata_[metadata.family];
  if (held.size() >= kMaxMetadataPerFamily) return;
  if (std::find(held.begin(), held.end(), metadata) == held.end()) {
    held.push_back(std::move(metadata));
  }
}

StatusOr<AppendCounts> MemoryMetrics::Append(MetricBatch batch) {
  RETURN_IF_ERROR(batch.Check());
  const TimeMs now = options_.clock->NowMs();
  AppendCounts counts;
  const MutexLock lock(&mutex_);
  RETURN_IF_ERROR(CheckRefs(batch));
  for (size_t i = 0; i < batch.series.size(); ++i) AppendFloat(batch, i, now, counts);
  for (size_t i = 0; i < batch.histograms.size(); ++i) {
    AppendHistogram(batch.histogram_series[i], batch.histograms[i], now, counts);
  }
  for (size_t i = 0; i < batch.exemplars.size(); ++i) {
    AppendExemplar(batch.exemplar_series[i], std::move(batch.exemplars[i]), now, counts);
  }
  for (model::MetricMetadata& metadata : batch.metadata) AddMetadata(std::move(metadata));
  return counts;
}

void MemoryMetrics::Unpin(const model::TraceId& id) {
  if (id.IsZero()) return;
  const auto pin = pins_.find(id);
  if (--pin->second == 0) pins_.erase(pin);
}

MetricDrops MemoryMetrics::Drop(Entry& entry, model::TimeRange time) {
  MetricDrops drops;
  const auto& times = entry.data->times;
  const auto first = std::lower_bound(times.begin(), times.end(), time.start) - times.begin();
  const auto last = std::upper_bound(times.begin() + first, times.end(), time.end) - times.begin();
  const auto in_range = [&](const auto& item) { return time.Contains(item.time); };
  const auto& histograms = entry.data->histograms;
  if (last > first || std::any_of(histograms.begin(), histograms.end(), in_range)) {
    SeriesData& data = Writable(entry);
    const auto erase = [&](auto& column) {
      if (!column.empty()) column.erase(column.begin() + first, column.begin() + last);
    };
    erase(data.times);
    erase(data.values);
    erase(data.start_times);
    drops.samples = static_cast<uint64_t>(last - first) + std::erase_if(data.histograms, in_range);
  }
  const auto gone =
      std::stable_partition(entry.exemplars.begin(), entry.exemplars.end(),
                            [&](const model::Exemplar& exemplar) { return !in_range(exemplar); });
  drops.exemplars = static_cast<uint64_t>(entry.exemplars.end() - gone);
  for (auto exemplar = gone; exemplar != entry.exemplars.end(); ++exemplar) {
    Unpin(exemplar->trace_id);
  }
  entry.exemplars.erase(gone, entry.exemplars.end());
  return drops;
}

Status MemoryMetrics::Delete(const std::vector<std::vector<model::Matcher>>& any_of,
                             model::TimeRange time) {
  if (any_of.empty()) return InvalidArgument("no selector of what to delete");
  const MutexLock lock(&mutex_);
  for (const std::vector<model::Matcher>& matchers : any_of) {
    if (matchers.empty()) return InvalidArgument("a selector of what to delete is empty");
  }
  for (const std::vector<model::Matcher>& matchers : any_of) {
    for (const model::SeriesRef ref : postings_.Select(matchers)) Drop(*Find(ref), time);
  }
  return OkStatus();
}

MetricDrops MemoryMetrics::DropBefore(TimeMs time) {
  const TimeMs unused_since = options_.clock->NowMs() - kRefLifetimeMs;
  MetricDrops drops;
  std::vector<Postings::Entry> gone;
  const MutexLock lock(&mutex_);
  floor_ = std::max(floor_, time);
  const model::TimeRange before{model::kMinTimeMs, std::max(time, model::kMinTimeMs + 1) - 1};
  for (auto& [ref, entry] : series_) {
    const MetricDrops dropped = Drop(entry, before);
    drops.samples += dropped.samples;
    drops.exemplars += dropped.exemplars;
    const bool is_empty =
        entry.data->times.empty() && entry.data->histograms.empty() && entry.exemplars.empty();
    if (is_empty && entry.last_used < unused_since) gone.push_back({ref, entry.data->labels.get()});
  }
  postings_.Remove(gone);
  for (const Postings::Entry& entry : gone) {
    refs_.erase(*entry.labels);
    series_.erase(entry.ref);
  }
  drops.series = gone.size();
  return drops;
}

std::vector<bool> MemoryMetrics::ArePinned(std::span<const model::TraceId> ids) const {
  const ReaderMutexLock lock(&mutex_);
  std::vector<bool> out;
  out.reserve(ids.size());
  for (const model::TraceId& id : ids) out.push_back(pins_.count(id) > 0);
  return out;
}

}  // namespace glint::storage
