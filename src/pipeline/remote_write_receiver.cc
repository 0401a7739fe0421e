#include "pipeline/remote_write_receiver.h"

#include <utility>

namespace glint::pipeline {
namespace {

using storage::AppendCounts;
using storage::MetricBatch;
using wire::DecodedRemoteWrite;
using wire::RemoteWriteSeries;
using wire::RemoteWriteVersion;

// Takes the histograms out, so that what the store says of each kind is told apart: 2.0 answers
// with a count for each.
MetricBatch TakeHistograms(MetricBatch& batch) {
  MetricBatch out;
  out.sender = batch.sender;
  out.histogram_series = std::exchange(batch.histogram_series, {});
  out.histograms = std::exchange(batch.histograms, {});
  return out;
}

bool IsEmpty(const MetricBatch& batch) {
  return batch.series.empty() && batch.histograms.empty() && batch.exemplars.empty() &&
         batch.metadata.empty();
}

void AddMetadata(model::MetricMetadata metadata, std::vector<model::MetricMetadata>& out) {
  // The parts of a histogram come one after the other.
  if (out.empty() || out.back() != metadata) out.push_back(std::move(metadata));
}

}  // namespace

// The labels of series that the cache does not have, and what the store calls them.
Status RemoteWriteReceiver::ResolveMissing(const DecodedRemoteWrite& request,
                                           std::span<const size_t> missing,
                                           ResolvedSeries& resolved,
                                           RemoteWriteRefusals& refusals) {
  const auto refuse = [&](size_t i, RemoteWriteRefusal why, std::string_view reason) {
    const RemoteWriteSeries& one = request.series[i];
    resolved.refused.resize(request.series.size());
    resolved.refused[i] = true;
    refusals.Add(why, uint64_t{one.samples} + one.histograms, one.exemplars, reason);
  };
  std::vector<size_t> places;
  std::vector<model::Labels> labels;
  for (const size_t i : missing) {
    StatusOr<model::Labels> made = request.LabelsOf(request.series[i]);
    if (!made.ok()) {
      refuse(i, RemoteWriteRefusal::kInvalid, made.status().message());
      continue;
    }
    places.push_back(i);
    labels.push_back(*std::move(made));
  }
  if (labels.empty()) return OkStatus();

  const auto take = [&](size_t place, model::SeriesRef ref) {
    const size_t i = places[place];
    const RemoteWriteSeries& one = request.series[i];
    resolved.refs[i] = ref;
    RemoteWriteCache::Entry entry{ref, 0};
    if (one.has_metadata) {
      entry.metadata_hash = request.MetadataHash(one);
      AddMetadata(request.MetadataOf(one, labels[place].metric_name()), resolved.metadata);
    }
    resolved.to_cache.push_back({one.key, entry});
  };
  const StatusOr<std::vector<model::SeriesRef>> refs = metrics_.Resolve(labels);
  if (refs.ok()) {
    for (size_t place = 0; place < places.size(); ++place) take(place, (*refs)[place]);
    return OkStatus();
  }
  if (refs.status().code() != StatusCode::kResourceExhausted) return refs.status();
  // Some of them may be known: one too many is no reason to refuse its neighbours.
  for (size_t place = 0; place < places.size(); ++place) {
    const auto ref = metrics_.Resolve(std::span(&labels[place], 1));
    if (ref.ok()) {
      take(place, ref->front());
    } else if (ref.status().code() == StatusCode::kResourceExhausted) {
      refuse(places[place], RemoteWriteRefusal::kLimit, ref.status().message());
    } else {
      return ref.status();
    }
  }
  return OkStatus();
}

StatusOr<ResolvedSeries> RemoteWriteReceiver::Resolve(const DecodedRemoteWrite& request,
                                                      RemoteWriteRefusals& refusals) {
  const RemoteWriteCache::Found found = cache_.Find(request.series, clock_.NowMs());
  ResolvedSeries resolved;
  resolved.refs.reserve(request.series.size());
  for (const RemoteWriteCache::Entry& entry : found.entries) resolved.refs.push_back(entry.ref);
  known_series_.fetch_add(request.series.size() - found.missing.size(), std::memory_order_relaxed);
  new_series_.fetch_add(found.missing.size(), std::memory_order_relaxed);
  RETURN_IF_ERROR(ResolveMissing(request, found.missing, resolved, refusals));
  if (request.version == RemoteWriteVersion::k1) return resolved;

  auto next_missing = found.missing.begin();
  for (size_t i = 0; i < request.series.size(); ++i) {
    if (next_missing != found.missing.end() && *next_missing == i) {
      ++next_missing;
      continue;
    }
    const RemoteWriteSeries& one = request.series[i];
    if (!one.has_metadata) continue;
    const uint32_t hash = request.MetadataHash(one);
    if (hash == found.entries[i].metadata_hash) continue;
    const StatusOr<model::Labels> labels = request.LabelsOf(one);
    if (!labels.ok()) continue;
    AddMetadata(request.MetadataOf(one, labels->metric_name()), resolved.metadata);
    resolved.to_cache.push_back({one.key, {found.entries[i].ref, hash}});
  }
  return resolved;
}

StatusOr<RemoteWritten> RemoteWriteReceiver::Store(DecodedRemoteWrite& request,
                                                   storage::SenderId sender,
                                                   RemoteWriteRefusals& refusals) {
  ASSIGN_OR_RETURN(ResolvedSeries resolved, Resolve(request, refusals));
  MetricBatch batch = TakeBatch(request, resolved);
  batch.sender = sender;
  RemoteWritten written;
  if (request.version == RemoteWriteVersion::k2 && !batch.histograms.empty()) {
    MetricBatch histograms = TakeHistograms(batch);
    const uint64_t sent = histograms.histograms.size();
    ASSIGN_OR_RETURN(const AppendCounts counts, metrics_.Append(std::move(histograms)));
    refusals.Add(counts);
    written.histograms = sent - counts.dropped_samples();
  }
  if (!IsEmpty(batch)) {
    const uint64_t sent = batch.values.size() + batch.histograms.size();
    ASSIGN_OR_RETURN(const AppendCounts counts, metrics_.Append(std::move(batch)));
    refusals.Add(counts);
    written.samples = sent - counts.dropped_samples();
    written.exemplars = counts.exemplars_stored + counts.exemplars_repeated;
  }
  cache_.Put(resolved.to_cache, clock_.NowMs());
  return written;
}

StatusOr<RemoteWritten> RemoteWriteReceiver::Receive(std::string_view bytes,
                                                     RemoteWriteVersion version,
                                                     storage::SenderId sender) {
  requests_.fetch_add(1, std::memory_order_relaxed);
  for (bool is_retry = false;; is_retry = true) {
    StatusOr<DecodedRemoteWrite> request = wire::DecodeRemoteWrite(bytes, version);
    if (!request.ok()) {
      refused_requests_.fetch_add(1, std::memory_order_relaxed);
      return InvalidArgument("{}", request.status().message());
    }
    const uint64_t samples =
        request->values.size() + request->histograms.size() + request->refused_histograms;
    const uint64_t exemplars = request->exemplars.size() + request->refused_exemplars;
    RemoteWriteRefusals refusals;
    refusals.Add(RemoteWriteRefusal::kInvalid, request->refused_histograms,
                 request->refused_exemplars, request->first_reason);
    StatusOr<RemoteWritten> written = Store(*request, sender, refusals);
    if (written.ok()) {
      written->refused = refusals.Text(samples, exemplars);
      written->refused_samples = refusals.samples();
      Count(*written, refusals);
      return written;
    }
    // The store has let go of a series since: ask for all of them again.
    if (written.status().code() == StatusCode::kNotFound && !is_retry) {
      cache_.Forget(request->series);
      continue;
    }
    refused_[static_cast<size_t>(RemoteWriteRefusal::kStore)].fetch_add(samples,
                                                                        std::memory_order_relaxed);
    return written.status();
  }
}

void RemoteWriteReceiver::Count(const RemoteWritten& written, const RemoteWriteRefusals& refusals) {
  samples_.fetch_add(written.samples + written.histograms, std::memory_order_relaxed);
  exemplars_.fetch_add(written.exemplars, std::memory_order_relaxed);
  for (size_t i = 0; i < kRemoteWriteRefusals; ++i) {
    refused_[i].fetch_add(refusals.Of(static_cast<RemoteWriteRefusal>(i)),
                          std::memory_order_relaxed);
  }
  refused_exemplars_.fetch_add(refusals.exemplars(), std::memory_order_relaxed);
}

RemoteWriteCounts RemoteWriteReceiver::Counts() const {
  RemoteWriteCounts out;
  out.requests = requests_.load(std::memory_order_relaxed);
  out.refused_requests = refused_requests_.load(std::memory_order_relaxed);
  out.samples = samples_.load(std::memory_order_relaxed);
  for (size_t i = 0; i < kRemoteWriteRefusals; ++i) {
    out.refused[i] = refused_[i].load(std::memory_order_relaxed);
  }
  out.exemplars = exemplars_.load(std::memory_order_relaxed);
  out.refused_exemplars = refused_exemplars_.load(std::memory_order_relaxed);
  out.known_series = known_series_.load(std::memory_order_relaxed);
  out.new_series = new_series_.load(std::memory_order_relaxed);
  out.cached_series = cache_.size();
  return out;
}

}  // namespace glint::pipeline
