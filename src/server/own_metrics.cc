#include "server/own_metrics.h"

#include <chrono>
#include <memory>
#include <mutex>
#include <string>

#include "base/version.h"
#include "glint/exposition.h"
#include "glint/process_metrics.h"

namespace glint::server {
namespace {

using tracedb::TraceStore;
using tracedb::TraceStoreStats;
using tsdb::MetricStore;
using tsdb::MetricStoreStats;

double AsDouble(uint64_t count) { return static_cast<double>(count); }

// One number out of the store's stats. Tables below name them all.
template <typename Stats>
struct Figure {
  const char* name;
  const char* help;
  double (*value)(const Stats& stats);
};

constexpr Figure<MetricStoreStats> kMetricCounters[] = {
    {"glint_samples_appended_total", "Samples stored since the start, from scrapes and pushes.",
     [](const MetricStoreStats& s) { return AsDouble(s.appended.samples_stored); }},
    {"glint_exemplars_appended_total", "Exemplars stored since the start.",
     [](const MetricStoreStats& s) { return AsDouble(s.appended.exemplars_stored); }},
    {"glint_exemplars_repeated_total", "Exemplars that were stored already.",
     [](const MetricStoreStats& s) { return AsDouble(s.appended.exemplars_repeated); }},
    {"glint_exemplars_expired_total", "Exemplars that came older than the retention.",
     [](const MetricStoreStats& s) { return AsDouble(s.appended.exemplars_expired); }},
    {"glint_metric_batches_refused_total", "Batches that the disk did not take.",
     [](const MetricStoreStats& s) { return AsDouble(s.refused_batches); }},
    {"glint_metric_log_syncs_total", "Times that the log of samples was synced to the disk.",
     [](const MetricStoreStats& s) { return AsDouble(s.log_syncs); }},
    {"glint_metric_log_damaged_records_total", "Records of that log found damaged at the start.",
     [](const MetricStoreStats& s) { return AsDouble(s.unreadable_records); }},
    {"glint_exemplars_thinned_total",
     "Exemplars let go by the rule that thins them as they age, from memory and from parts.",
     [](const MetricStoreStats& s) { return AsDouble(s.thinned_exemplars); }},
    {"glint_metric_flushes_total", "Times that the head was written out as parts.",
     [](const MetricStoreStats& s) { return AsDouble(s.flushes); }},
    {"glint_metric_flushes_failed_total", "Times that it could not be; its log stays.",
     [](const MetricStoreStats& s) { return AsDouble(s.failed_flushes); }},
    {"glint_metric_flushed_bytes_total", "Bytes of parts written from the head.",
     [](const MetricStoreStats& s) { return AsDouble(s.flushed_bytes); }},
    {"glint_metric_compactions_total", "Times that parts were united.",
     [](const MetricStoreStats& s) { return AsDouble(s.compactions); }},
    {"glint_metric_compactions_failed_total", "Times that they could not be; they stay.",
     [](const MetricStoreStats& s) { return AsDouble(s.failed_compactions); }},
    {"glint_metric_compacted_bytes_total", "Bytes of parts written by uniting others.",
     [](const MetricStoreStats& s) { return AsDouble(s.compacted_bytes); }},
    {"glint_metric_compaction_seconds_total", "Time that uniting parts took.",
     [](const MetricStoreStats& s) { return s.compaction_seconds; }},
    {"glint_metric_deleted_samples_total", "Samples that were deleted, once their room is free.",
     [](const MetricStoreStats& s) { return AsDouble(s.deleted_samples); }},
    {"glint_metric_parts_dropped_total", "Parts let go by the retention.",
     [](const MetricStoreStats& s) { return AsDouble(s.dropped_parts); }},
    {"glint_metric_samples_retired_total", "Samples let go by the retention.",
     [](const MetricStoreStats& s) { return AsDouble(s.dropped_part_samples); }},
    {"glint_head_series_forgotten_total", "Series that left memory since nobody wrote to them.",
     [](const MetricStoreStats& s) { return AsDouble(s.forgotten_series); }},
};

constexpr Figure<MetricStoreStats> kMetricGauges[] = {
    {"glint_active_series", "Series written to within the last five minutes.",
     [](const MetricStoreStats& s) { return AsDouble(s.head.active_series); }},
    {"glint_series", "Series in memory.",
     [](const MetricStoreStats& s) { return AsDouble(s.head.series); }},
    {"glint_exemplars", "Exemplars held, in memory and in parts.",
     [](const MetricStoreStats& s) { return AsDouble(s.head.exemplars + s.part_exemplars); }},
    {"glint_head_samples", "Samples in memory, not in parts yet.",
     [](const MetricStoreStats& s) { return AsDouble(s.head.samples); }},
    {"glint_head_chunks", "Full chunks and blocks of rows in memory.",
     [](const MetricStoreStats& s) { return AsDouble(s.head.chunks); }},
    {"glint_head_exemplars", "Exemplars in memory, not in parts yet.",
     [](const MetricStoreStats& s) { return AsDouble(s.head.exemplars); }},
    {"glint_metric_memory_bytes", "Memory that samples, exemplars and labels take.",
     [](const MetricStoreStats& s) { return AsDouble(s.head.bytes); }},
    {"glint_head_label_bytes", "Memory that series and their labels take.",
     [](const MetricStoreStats& s) { return AsDouble(s.head.label_bytes); }},
    {"glint_metric_parts", "Part files.",
     [](const MetricStoreStats& s) { return AsDouble(s.parts); }},
    {"glint_metric_parts_unreadable", "Part files left out at the start, since they are damaged.",
     [](const MetricStoreStats& s) { return AsDouble(s.unreadable_parts); }},
    {"glint_metric_part_samples", "Samples in parts.",
     [](const MetricStoreStats& s) { return AsDouble(s.part_samples); }},
    {"glint_metric_tombstones", "Deletions whose room is not free yet.",
     [](const MetricStoreStats& s) { return AsDouble(s.tombstones); }},
    {"glint_metric_log_bytes", "Disk that the log of samples takes.",
     [](const MetricStoreStats& s) { return AsDouble(s.log_bytes); }},
    {"glint_metric_replayed_samples", "Samples that the log gave back at the start.",
     [](const MetricStoreStats& s) { return AsDouble(s.replayed_samples); }},
    {"glint_metric_replay_seconds", "How long the log took to read at the start.",
     [](const MetricStoreStats& s) { return static_cast<double>(s.replay_ms) / 1000; }},
};

constexpr Figure<TraceStoreStats> kTraceCounters[] = {
    {"glint_spans_appended_total", "Spans stored since the start.",
     [](const TraceStoreStats& s) { return AsDouble(s.appended.stored); }},
    {"glint_spans_repeated_total", "Spans that were stored already: senders' retries.",
     [](const TraceStoreStats& s) { return AsDouble(s.appended.repeated); }},
    {"glint_spans_dropped_total", "Spans past the retention.",
     [](const TraceStoreStats& s) { return AsDouble(s.spans_dropped); }},
    {"glint_spans_kept_for_pins_total",
     "Spans past the retention, kept since an exemplar names "
     "their trace.",
     [](const TraceStoreStats& s) { return AsDouble(s.spans_kept_for_pins); }},
    {"glint_pinned_spans_dropped_total",
     "Spans that an exemplar names, dropped since pins took "
     "half of the disk allowed.",
     [](const TraceStoreStats& s) { return AsDouble(s.pinned_spans_dropped); }},
    {"glint_span_batches_refused_total", "Batches that the disk did not take.",
     [](const TraceStoreStats& s) { return AsDouble(s.refused_batches); }},
    {"glint_span_log_syncs_total", "Times that the log of spans was synced to the disk.",
     [](const TraceStoreStats& s) { return AsDouble(s.log_syncs); }},
    {"glint_span_log_damaged_records_total", "Records of that log found damaged.",
     [](const TraceStoreStats& s) { return AsDouble(s.unreadable_records); }},
};

constexpr Figure<TraceStoreStats> kTraceGauges[] = {
    {"glint_traces", "Traces held.", [](const TraceStoreStats& s) { return AsDouble(s.traces); }},
    {"glint_spans", "Spans held.", [](const TraceStoreStats& s) { return AsDouble(s.spans); }},
    {"glint_span_log_bytes", "Disk that spans take.",
     [](const TraceStoreStats& s) { return AsDouble(s.log_bytes); }},
    {"glint_trace_replay_seconds", "How long the log took to read at the start.",
     [](const TraceStoreStats& s) { return static_cast<double>(s.replay_ms) / 1000; }},
};

// Stats of a store, which are dear, once for all figures of a page. Thread-safe.
template <typename Store, typename Stats>
class PageStats {
 public:
  explicit PageStats(const Store& store) : store_(store) {}

  Stats Get() {
    const std::lock_guard lock(mutex_);
    const auto now = std::chrono::steady_clock::now();
    if (now - taken_ > kPage) {
      stats_ = store_.Stats();
      taken_ = now;
    }
    return stats_;
  }

 private:
  // As long as writing a page may take.
  static constexpr std::chrono::milliseconds kPage{10};

  const Store& store_;
  std::mutex mutex_;
  std::chrono::steady_clock::time_point taken_;
  Stats stats_;
};
using MetricPageStats = PageStats<MetricStore, MetricStoreStats>;
using TracePageStats = PageStats<TraceStore, TraceStoreStats>;

template <typename Page, typename Stats, size_t kCount>
void AddCounters(const std::shared_ptr<Page>& page, const Figure<Stats> (&figures)[kCount],
                 Registry& registry) {
  for (const Figure<Stats>& figure : figures) {
    registry.AddCounterCallback(figure.name, figure.help,
                                [page, &figure] { return figure.value(page->Get()); });
  }
}

template <typename Page, typename Stats, size_t kCount>
void AddGauges(const std::shared_ptr<Page>& page, const Figure<Stats> (&figures)[kCount],
               Registry& registry) {
  for (const Figure<Stats>& figure : figures) {
    registry.AddGaugeCallback(figure.name, figure.help,
                              [page, &figure] { return figure.value(page->Get()); });
  }
}

}  // namespace

void AddStoreMetrics(const MetricStore& metrics, const TraceStore& traces, Registry& registry) {
  const auto metric_page = std::make_shared<MetricPageStats>(metrics);
  const auto trace_page = std::make_shared<TracePageStats>(traces);
  AddCounters(metric_page, kMetricCounters, registry);
  AddGauges(metric_page, kMetricGauges, registry);
  AddCounters(trace_page, kTraceCounters, registry);
  AddGauges(trace_page, kTraceGauges, registry);
  registry.AddCounterCallback("glint_samples_dropped_total",
                              "Samples that were not stored, by reason.", {"reason"},
                              Registry::Callback([metric_page](SampleSink& sink) {
                                const storage::AppendCounts counts = metric_page->Get().appended;
                                sink.Add(AsDouble(counts.samples_repeated), {"repeated"});
                                sink.Add(AsDouble(counts.samples_conflicting), {"conflicting"});
                                sink.Add(AsDouble(counts.samples_too_old), {"too_old"});
                                sink.Add(AsDouble(counts.samples_too_new), {"too_new"});
                              }));
  registry.AddGaugeCallback("glint_metric_part_bytes", "Disk that parts take, by what is in them.",
                            {"content"}, Registry::Callback([metric_page](SampleSink& sink) {
                              const MetricStoreStats stats = metric_page->Get();
                              sink.Add(AsDouble(stats.part_sample_bytes), {"samples"});
                              sink.Add(AsDouble(stats.part_index_bytes), {"index"});
                              sink.Add(AsDouble(stats.part_exemplar_bytes), {"exemplars"});
                            }));
}

void AddHttpMetrics(const std::string& server, const net::HttpServer& http, Registry& registry) {
  const std::string prefix = "glint_" + server;
  registry.AddCounterCallback(prefix + "_requests_total", "Requests since the start.",
                              [&http] { return AsDouble(http.stats().requests); });
  registry.AddCounterCallback(prefix + "_requests_refused_total",
                              "Requests that were malformed, too large, too slow or too many.",
                              [&http] { return AsDouble(http.stats().requests_refused); });
  registry.AddGaugeCallback(prefix + "_connections", "Connections open now.",
                            [&http] { return AsDouble(http.stats().connections_now); });
}

void AddOtlpMetrics(const pipeline::OtlpReceiver& receiver, Registry& registry) {
  using pipeline::OtlpCounts;
  using pipeline::OtlpTransport;
  struct Way {
    OtlpTransport transport;
    const char* name;
  };
  static constexpr Way kWays[] = {{OtlpTransport::kGrpc, "grpc"}, {OtlpTransport::kHttp, "http"}};
  struct Kind {
    wire::OtlpSignal signal;
    const char* name;
  };
  static constexpr Kind kKinds[] = {{wire::OtlpSignal::kTraces, "spans"},
                                    {wire::OtlpSignal::kMetrics, "metric_points"}};
  for (const Kind& kind : kKinds) {
    const std::string prefix = std::string("glint_otlp_") + kind.name;
    registry.AddCounterCallback(
        prefix + "_accepted_total", "Taken in by OTLP and stored.", {"transport"},
        Registry::Callback([&receiver, &kind](SampleSink& sink) {
          for (const Way& way : kWays) {
            sink.Add(AsDouble(receiver.Counts(kind.signal, way.transport).accepted), {way.name});
          }
        }));
    registry.AddCounterCallback(
        prefix + "_refused_total", "Refused one by one, by reason; their neighbours were kept.",
        {"transport", "reason"}, Registry::Callback([&receiver, &kind](SampleSink& sink) {
          for (const Way& way : kWays) {
            const OtlpCounts counts = receiver.Counts(kind.signal, way.transport);
            for (size_t i = 0; i < pipeline::kOtlpRefusals; ++i) {
              sink.Add(AsDouble(counts.refused[i]),
                       {way.name, OtlpRefusalName(static_cast<pipeline::OtlpRefusal>(i))});
            }
          }
        }));
    registry.AddCounterCallback(
        prefix + "_refused_requests_total",
        "Whole requests refused: not readable, too large, or of an unknown encoding.",
        {"transport"}, Registry::Callback([&receiver, &kind](SampleSink& sink) {
          for (const Way& way : kWays) {
            sink.Add(AsDouble(receiver.Counts(kind.signal, way.transport).refused_requests),
                     {way.name});
          }
        }));
  }
}

void AddRemoteWriteMetrics(const pipeline::RemoteWriteReceiver& receiver, Registry& registry) {
  using pipeline::RemoteWriteCounts;
  struct Counter {
    const char* name;
    const char* help;
    uint64_t RemoteWriteCounts::*count;
  };
  static constexpr Counter kCounters[] = {
      {"glint_remote_write_requests_total", "Requests of remote write.",
       &RemoteWriteCounts::requests},
      {"glint_remote_write_requests_refused_total",
       "Whole requests refused: not readable, too large, of an unknown type or encoding.",
       &RemoteWriteCounts::refused_requests},
      {"glint_remote_write_samples_total",
       "Samples and native histograms taken in by remote write and stored.",
       &RemoteWriteCounts::samples},
      {"glint_remote_write_exemplars_total", "Exemplars taken in by remote write and stored.",
       &RemoteWriteCounts::exemplars},
      {"glint_remote_write_exemplars_refused_total",
       "Exemplars not valid, too old or too far in the future.",
       &RemoteWriteCounts::refused_exemplars},
      {"glint_remote_write_series_known_total",
       "Series of requests that were known by the bytes of their labels.",
       &RemoteWriteCounts::known_series},
      {"glint_remote_write_series_looked_up_total",
       "Series of requests whose labels had to be read and looked up.",
       &RemoteWriteCounts::new_series},
  };
  for (const Counter& counter : kCounters) {
    registry.AddCounterCallback(counter.name, counter.help, [&receiver, &counter] {
      return AsDouble(receiver.Counts().*counter.count);
    });
  }
  registry.AddGaugeCallback("glint_remote_write_series_cached",
                            "Series known by the bytes of their labels.",
                            [&receiver] { return AsDouble(receiver.Counts().cached_series); });
  registry.AddCounterCallback(
      "glint_remote_write_samples_refused_total",
      "Samples refused, by reason; their neighbours were kept.", {"reason"},
      Registry::Callback([&receiver](SampleSink& sink) {
        const RemoteWriteCounts counts = receiver.Counts();
        for (size_t i = 0; i < pipeline::kRemoteWriteRefusals; ++i) {
          sink.Add(AsDouble(counts.refused[i]),
                   {RemoteWriteRefusalName(static_cast<pipeline::RemoteWriteRefusal>(i))});
        }
      }));
}

void AddScrapeMetrics(const scrape::Scraper& scraper, Registry& registry) {
  const auto add = [&](const char* name, const char* help,
                       std::atomic<uint64_t> scrape::ScrapeCounters::*counter) {
    registry.AddCounterCallback(
        name, help, [&scraper, counter] { return AsDouble((scraper.counters().*counter).load()); });
  };
  add("glint_scrapes_total", "Scrapes that ended, well or badly.",
      &scrape::ScrapeCounters::scrapes);
  add("glint_scrapes_failed_total", "Scrapes without a readable answer: up is 0.",
      &scrape::ScrapeCounters::failed);
  add("glint_scrapes_missed_total", "Steps at which the scrape before was not done.",
      &scrape::ScrapeCounters::missed);
  add("glint_scrapes_lost_total", "Scrapes that the store did not take.",
      &scrape::ScrapeCounters::lost);
  add("glint_scrape_samples_total", "Samples that targets exposed.",
      &scrape::ScrapeCounters::samples);
  add("glint_scrape_samples_dropped_total", "Samples of scrapes that the store did not keep.",
      &scrape::ScrapeCounters::samples_dropped);
  add("glint_scrape_exemplars_total", "Exemplars of scrapes, handed to the store.",
      &scrape::ScrapeCounters::exemplars);
  registry.AddGaugeCallback("glint_scrape_targets", "Targets that are scraped.",
                            [&scraper] { return static_cast<double>(scraper.Targets().size()); });
}

void AddBuildMetrics(Registry& registry) {
  AddProcessMetrics(registry);
  registry.AddGaugeCallback("glint_build_info", "Always 1; the labels say which build this is.",
                            {"version", "compiler"}, Registry::Callback([](SampleSink& sink) {
                              sink.Add(1, {Version(), Compiler()});
                            }));
}

void RouteOwnMetrics(const Registry& registry, net::HttpRouter& router) {
  router.Handle("GET", "/metrics", [&registry](const net::HttpRequest& request) {
    Exposition page = Serialize(registry, request.Header("Accept"));
    net::HttpResponse response;
    response.content_type = std::move(page.content_type);
    response.body = std::move(page.body);
    return response;
  });
}

}  // namespace glint::server
