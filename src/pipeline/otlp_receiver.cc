#include "pipeline/otlp_receiver.h"

#include <algorithm>

#include "pipeline/otlp_to_series.h"

namespace glint::pipeline {
namespace {

// Adds "N of M samples are ..." to `message`.
void AddReason(std::string& message, uint64_t count, std::string_view reason) {
  if (count == 0) return;
  if (!message.empty()) message += "; ";
  message += fmt::format("{} {}", count, reason);
}

struct Appended {
  storage::AppendCounts counts;
  uint64_t samples = 0;
};

StatusOr<Appended> AppendOnce(storage::MetricWriter& writer, const TranslatedMetrics& metrics) {
  ASSIGN_OR_RETURN(const std::vector<model::SeriesRef> refs, writer.Resolve(metrics.series));
  storage::MetricBatch batch;
  const auto refs_of = [&refs](const std::vector<size_t>& indexes) {
    std::vector<model::SeriesRef> out;
    out.reserve(indexes.size());
    for (const size_t index : indexes) out.push_back(refs[index]);
    return out;
  };
  // A client that sends for itself alone is a sender; one that forwards for many is not.
  if (!metrics.series.empty()) {
    batch.sender = model::Labels{{"instance", std::string(metrics.series[0].Get("instance"))},
                                 {"job", std::string(metrics.series[0].Get("job"))}}
                       .Hash();
  }
  batch.series = refs_of(metrics.sample_series);
  batch.values = metrics.values;
  batch.times = metrics.times;
  batch.start_times = metrics.start_times;
  batch.histogram_series = refs_of(metrics.histogram_series);
  batch.histograms = metrics.histograms;
  batch.exemplar_series = refs_of(metrics.exemplar_series);
  batch.exemplars = metrics.exemplars;
  batch.metadata = metrics.metadata;
  Appended appended;
  appended.samples = batch.values.size() + batch.histograms.size();
  ASSIGN_OR_RETURN(appended.counts, writer.Append(std::move(batch)));
  return appended;
}

StatusOr<Appended> Append(storage::MetricWriter& writer, const TranslatedMetrics& metrics) {
  StatusOr<Appended> appended = AppendOnce(writer, metrics);
  // A ref can expire between the two calls; new ones last an hour.
  if (!appended.ok() && appended.status().code() == StatusCode::kNotFound) {
    return AppendOnce(writer, metrics);
  }
  return appended;
}

// A request too large once decoded, or nested too deep, stays so: sending it again, as these two
// codes would have clients do, is of no use.
Status NotRetried(const Status& status) {
  if (status.code() != StatusCode::kResourceExhausted && status.code() != StatusCode::kOutOfRange) {
    return status;
  }
  return InvalidArgument("{}", status.message());
}

}  // namespace

std::string_view OtlpRefusalName(OtlpRefusal refusal) {
  constexpr std::string_view kNames[kOtlpRefusals] = {"invalid", "temporality", "limit", "too_old",
                                                      "too_new", "conflict",    "store"};
  return kNames[static_cast<size_t>(refusal)];
}

StatusOr<OtlpExport> OtlpReceiver::Export(wire::OtlpSignal signal, std::string_view bytes,
                                          wire::OtlpEncoding encoding, OtlpTransport transport) {
  Counters& counters = CountersOf(signal, transport);
  counters.requests.fetch_add(1, std::memory_order_relaxed);
  StatusOr<OtlpExport> done = signal == wire::OtlpSignal::kTraces
                                  ? ExportSpans(bytes, encoding, counters)
                                  : ExportMetrics(bytes, encoding, counters);
  if (done.ok()) counters.accepted.fetch_add(done->accepted, std::memory_order_relaxed);
  return done;
}

StatusOr<OtlpExport> OtlpReceiver::ExportSpans(std::string_view bytes, wire::OtlpEncoding encoding,
                                               Counters& counters) {
  StatusOr<wire::DecodedSpans> decoded = wire::DecodeOtlpSpans(bytes, encoding);
  if (!decoded.ok()) {
    counters.refused_requests.fetch_add(1, std::memory_order_relaxed);
    return NotRetried(decoded.status());
  }
  OtlpExport done;
  done.rejected = decoded->refused.count;
  counters.Refuse(OtlpRefusal::kInvalid, done.rejected);
  if (done.rejected != 0) {
    done.message = fmt::format("{} spans refused, the first: {}", done.rejected,
                               decoded->refused.first_reason);
  }
  done.accepted = decoded->batch.span_count();
  if (done.accepted == 0) return done;
  const StatusOr<storage::SpanCounts> stored = traces_.Append(std::move(decoded->batch));
  if (!stored.ok()) {
    counters.Refuse(OtlpRefusal::kStore, done.accepted);
    return stored.status();
  }
  return done;
}

StatusOr<OtlpExport> OtlpReceiver::ExportMetrics(std::string_view bytes,
                                                 wire::OtlpEncoding encoding, Counters& counters) {
  const StatusOr<wire::DecodedMetrics> decoded = wire::DecodeOtlpMetrics(bytes, encoding);
  if (!decoded.ok()) {
    counters.refused_requests.fetch_add(1, std::memory_order_relaxed);
    return NotRetried(decoded.status());
  }
  const TranslatedMetrics metrics = TranslateOtlpMetrics(decoded->batch);
  const auto refused = [&](PointRefusal refusal) {
    return metrics.refused[static_cast<size_t>(refusal)];
  };
  counters.Refuse(OtlpRefusal::kInvalid, decoded->refused.count + refused(PointRefusal::kInvalid));
  counters.Refuse(OtlpRefusal::kTemporality, refused(PointRefusal::kTemporality));
  counters.Refuse(OtlpRefusal::kLimit, refused(PointRefusal::kLimit));

  OtlpExport done;
  done.rejected = decoded->refused.count + refused(PointRefusal::kInvalid) +
                  refused(PointRefusal::kTemporality) + refused(PointRefusal::kLimit);
  if (done.rejected != 0) {
    done.message = fmt::format(
        "{} points refused, the first: {}", done.rejected,
        metrics.first_reason.empty() ? decoded->refused.first_reason : metrics.first_reason);
  }
  done.accepted = metrics.points;
  if (metrics.points == 0) return done;

  const StatusOr<Appended> appended = Append(metrics_, metrics);
  if (!appended.ok()) {
    counters.Refuse(OtlpRefusal::kStore, metrics.points);
    return appended.status();
  }
  const storage::AppendCounts& counts = appended->counts;
  if (counts.dropped_samples() == 0) return done;
  AddReason(done.message, counts.samples_too_old, "samples are older than the store takes in");
  AddReason(done.message, counts.samples_too_new, "samples are too far in the future");
  AddReason(done.message, counts.samples_conflicting,
            "samples differ from what is stored for their time");
  // The store counts samples and the sender points; a point's samples mostly share their fate.
  uint64_t left = done.accepted;
  const auto drop = [&](OtlpRefusal refusal, uint64_t samples) {
    const uint64_t points =
        std::min(left, (samples * metrics.points + appended->samples - 1) / appended->samples);
    counters.Refuse(refusal, points);
    left -= points;
  };
  drop(OtlpRefusal::kTooOld, counts.samples_too_old);
  drop(OtlpRefusal::kTooNew, counts.samples_too_new);
  drop(OtlpRefusal::kConflict, counts.samples_conflicting);
  done.rejected += done.accepted - left;
  done.accepted = left;
  return done;
}

OtlpCounts OtlpReceiver::Counts(wire::OtlpSignal signal, OtlpTransport transport) const {
  const Counters& counters = CountersOf(signal, transport);
  OtlpCounts out;
  out.requests = counters.requests.load(std::memory_order_relaxed);
  out.refused_requests = counters.refused_requests.load(std::memory_order_relaxed);
  out.accepted = counters.accepted.load(std::memory_order_relaxed);
  for (size_t i = 0; i < kOtlpRefusals; ++i) {
    out.refused[i] = counters.refused[i].load(std::memory_order_relaxed);
  }
  return out;
}

}  // namespace glint::pipeline
