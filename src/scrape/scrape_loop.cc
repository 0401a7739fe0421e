#include "scrape/scrape_loop.h"

#include <algorithm>

#include "base/log.h"
#include "model/sample.h"
#include "net/encoding.h"
#include "net/http_text.h"
#include "scrape/scrape_request.h"

namespace glint::scrape {
namespace {

using model::Labels;
using std::chrono::steady_clock;

// A scrape that begins this little after its step is stored at the step, so that intervals are
// even and their deltas small. As Prometheus does.
constexpr int64_t kSnapMs = 2;

constexpr std::string_view kReportNames[] = {"up",
                                             "scrape_duration_seconds",
                                             "scrape_samples_scraped",
                                             "scrape_samples_post_metric_relabeling",
                                             "scrape_series_added",
                                             "scrape_timeout_seconds",
                                             "scrape_sample_limit",
                                             "scrape_body_size_bytes"};
constexpr size_t kPlainReports = 5;  // The others only with extra_scrape_metrics.

std::optional<wire::ExpositionFormat> Fallback(const std::string& protocol) {
  if (protocol.find("OpenMetrics") == 0) return wire::ExpositionFormat::kOpenMetrics;
  if (protocol.find("PrometheusText") == 0) return wire::ExpositionFormat::kPrometheusText;
  return std::nullopt;
}

StatusOr<wire::ParsedScrape> Parse(const std::string& body, std::string_view content_type,
                                   const config::ScrapeConfig& config) {
  ASSIGN_OR_RETURN(
      const wire::ExpositionFormat format,
      wire::ParserForContentType(content_type, Fallback(config.fallback_scrape_protocol)));
  return wire::ParseExposition(body, format, wire::ParseMode::kScrape);
}

double Seconds(steady_clock::duration duration) {
  return std::chrono::duration<double>(duration).count();
}

}  // namespace

ScrapeLoop::ScrapeLoop(const ScrapeServices& services, net::HttpClient& client,
                       std::shared_ptr<const config::ScrapeConfig> config, Target target,
                       std::string refusal)
    : services_(services),
      client_(client),
      config_(std::move(config)),
      target_(std::move(target)),
      hash_(target_.Hash()),
      refusal_(std::move(refusal)),
      timer_(*services_.loop),
      series_(*config_, target_.labels) {
  state_.job = config_->job_name;
  state_.target = target_;
}

void ScrapeLoop::Start() {
  const int64_t interval_ns = target_.interval_ms * 1'000'000;
  const int64_t now_ns = services_.clock->NowNs();
  const auto offset_ns = static_cast<int64_t>(hash_ % static_cast<uint64_t>(interval_ns));
  next_ns_ = now_ns - now_ns % interval_ns + offset_ns;
  if (next_ns_ < now_ns) next_ns_ += interval_ns;
  const std::lock_guard lock(mutex_);
  if (!stopped_) ScheduleNext();
}

// Steps do not drift: the next one is counted from the one before, however long that took.
void ScrapeLoop::ScheduleNext() {
  const int64_t wait_ns = next_ns_ - services_.clock->NowNs();
  timer_.After(std::chrono::nanoseconds(std::max<int64_t>(wait_ns, 0)), [weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->Begin();
  });
}

void ScrapeLoop::Begin() {
  {
    const std::lock_guard lock(mutex_);
    if (stopped_) return;
    busy_ = true;
  }
  Scrape scrape;
  scrape.began = steady_clock::now();
  const int64_t now_ms = services_.clock->NowMs();
  const int64_t step_ms = next_ns_ / 1'000'000;
  scrape.time = std::abs(now_ms - step_ms) <= kSnapMs ? step_ms : now_ms;
  const auto hand_over = [self = shared_from_this(), scrape](StatusOr<net::HttpFetched> fetched) {
    auto answer = std::make_shared<StatusOr<net::HttpFetched>>(std::move(fetched));
    const bool queued = self->services_.workers->TrySubmit(
        [self, scrape, answer] { self->Process(scrape, std::move(*answer)); });
    if (queued) return;
    self->services_.counters->missed.fetch_add(1);
    self->Finish();
  };
  if (!refusal_.empty()) {
    hand_over(ResourceExhausted("{}", refusal_));
    return;
  }
  StatusOr<net::HttpFetch> request = MakeScrapeRequest(*config_, target_, services_.user_agent);
  if (!request.ok()) {
    hand_over(request.status());
    return;
  }
  request->stop = stop_.get_token();
  client_.Fetch(*std::move(request), hand_over);
}

void ScrapeLoop::Process(const Scrape& scrape, StatusOr<net::HttpFetched> fetched) {
  if (stop_.stop_requested()) {  // Cancelled by us: says nothing of the target.
    Finish();
    return;
  }
  const Result result = Store(scrape, fetched);
  services_.counters->scrapes.fetch_add(1);
  services_.counters->samples.fetch_add(result.scraped);
  if (!result.status.ok()) services_.counters->failed.fetch_add(1);
  bool news = false;
  {
    const std::lock_guard lock(mutex_);
    const TargetHealth health = result.status.ok() ? TargetHealth::kUp : TargetHealth::kDown;
    news = health != state_.health;
    state_.health = health;
    state_.last_error = std::string(result.status.message());
    state_.last_scrape = scrape.time;
    state_.last_duration_seconds = Seconds(steady_clock::now() - scrape.began);
    state_.last_samples = result.scraped;
  }
  if (news && !result.status.ok()) {
    LogWarn("scrape", "{}: {}", target_.url, result.status.message());
  } else if (news) {
    LogInfo("scrape", "{}: up, {} samples", target_.url, result.scraped);
  }
  Finish();
}

StatusOr<std::string> ScrapeLoop::BodyOf(const StatusOr<net::HttpFetched>& fetched) const {
  if (!fetched.ok()) return fetched.status();
  if (fetched->status != 200) {
    return Unavailable("server returned HTTP status {} {}", fetched->status,
                       net::ReasonPhrase(fetched->status));
  }
  const uint64_t limit = BodyLimit(*config_);
  StatusOr<std::string> body =
      net::Decompress(fetched->body, fetched->Header("Content-Encoding"), limit);
  if (!body.ok() && body.status().code() == StatusCode::kResourceExhausted) {
    return ResourceExhausted("body size limit exceeded: more than {} bytes", limit);
  }
  return body;
}

ScrapeLoop::Result ScrapeLoop::Store(const Scrape& scrape,
                                     const StatusOr<net::HttpFetched>& fetched) {
  Result result;
  const StatusOr<std::string> body = BodyOf(fetched);
  StatusOr<wire::ParsedScrape> parsed =
      body.ok() ? Parse(*body, fetched->Header("Content-Type"), *config_)
                : StatusOr<wire::ParsedScrape>(body.status());
  if (body.ok()) result.body_bytes = body->size();
  result.status = parsed.status();
  if (parsed.ok()) result.scraped = parsed->samples.size();

  for (int attempt = 0; attempt < 2; ++attempt) {
    const wire::ParsedScrape* good = result.status.ok() ? &*parsed : nullptr;
    StatusOr<storage::MetricBatch> batch = MakeBatch(scrape, good, result);
    Status stored = batch.status();
    if (batch.ok()) {
      const uint64_t exemplars = batch->exemplars.size();
      const StatusOr<storage::AppendCounts> counts = services_.writer->Append(*std::move(batch));
      stored = counts.status();
      if (counts.ok()) {
        series_.Commit();
        services_.counters->exemplars.fetch_add(exemplars);
        services_.counters->samples_dropped.fetch_add(counts->dropped_samples());
        return result;
      }
    }
    if (stored.code() != StatusCode::kNotFound || attempt > 0) {
      series_.Abandon();
      services_.counters->lost.fetch_add(1);
      result.status = stored.At("scrape not stored");
      return result;
    }
    report_refs_.clear();
    if (const Status again = series_.ResolveAgain(*services_.writer); !again.ok()) {
      services_.counters->lost.fetch_add(1);
      result.status = again.At("scrape not stored");
      return result;
    }
  }
  return result;
}

// The row of a scrape, or, when `parsed` is null or breaks a limit, of its failure.
StatusOr<storage::MetricBatch> ScrapeLoop::MakeBatch(const Scrape& scrape,
                                                     const wire::ParsedScrape* parsed,
                                                     Result& result) {
  storage::MetricBatch batch;
  batch.sender = hash_;
  batch.time = scrape.time;
  if (parsed != nullptr) {
    StatusOr<FillCounts> counts = series_.Fill(*parsed, *services_.writer, batch);
    if (counts.ok()) {
      // Filled a second time nothing is new any more: the first number is the right one.
      result.counts.added = std::max(result.counts.added, counts->added);
      result.counts.kept = counts->kept;
    } else {
      result.status = counts.status();
    }
  }
  if (!result.status.ok()) {
    batch = storage::MetricBatch();
    batch.sender = hash_;
    batch.time = scrape.time;
    series_.FillStale(batch);
  }
  RETURN_IF_ERROR(AddReport(scrape, result, batch));
  return batch;
}

Status ScrapeLoop::AddReport(const Scrape& scrape, const Result& result,
                             storage::MetricBatch& batch) {
  const size_t reports = config_->extra_scrape_metrics ? std::size(kReportNames) : kPlainReports;
  if (report_refs_.empty()) {
    std::vector<Labels> labels;
    for (size_t i = 0; i < reports; ++i) {
      labels.push_back(target_.labels.With(model::kMetricName, kReportNames[i]));
    }
    ASSIGN_OR_RETURN(report_refs_, services_.writer->Resolve(labels));
  }
  const bool too_large = result.status.message().find("body size limit") != std::string_view::npos;
  const double values[] = {
      result.status.ok() ? 1.0 : 0.0,
      Seconds(steady_clock::now() - scrape.began),
      static_cast<double>(result.scraped),
      static_cast<double>(result.counts.kept),
      static_cast<double>(result.counts.added),
      static_cast<double>(target_.timeout_ms) / 1000,
      static_cast<double>(config_->sample_limit),
      too_large ? -1.0 : static_cast<double>(result.body_bytes),
  };
  for (size_t i = 0; i < reports; ++i) {
    batch.series.push_back(report_refs_[i]);
    batch.values.push_back(values[i]);
    if (!batch.times.empty()) batch.times.push_back(batch.time);
    if (!batch.start_times.empty()) batch.start_times.push_back(0);
  }
  return OkStatus();
}

void ScrapeLoop::Finish() {
  const int64_t interval_ns = target_.interval_ms * 1'000'000;
  const int64_t now_ns = services_.clock->NowNs();
  next_ns_ += interval_ns;
  if (next_ns_ < now_ns) {
    const int64_t missed = (now_ns - next_ns_) / interval_ns + 1;
    services_.counters->missed.fetch_add(static_cast<uint64_t>(missed));
    next_ns_ += missed * interval_ns;
  }
  const std::lock_guard lock(mutex_);
  busy_ = false;
  if (!stopped_) ScheduleNext();
  idle_.notify_all();
}

void ScrapeLoop::BeginStop() {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    timer_.Cancel();
  }
  stop_.request_stop();
}

void ScrapeLoop::WaitUntilStopped() {
  std::unique_lock lock(mutex_);
  idle_.wait(lock, [this] { return !busy_; });
}

void ScrapeLoop::StoreGone() {
  Scrape scrape;
  scrape.time = services_.clock->NowMs();
  storage::MetricBatch batch;
  batch.sender = hash_;
  batch.time = scrape.time;
  series_.FillStale(batch);
  for (const model::SeriesRef ref : report_refs_) {
    batch.series.push_back(ref);
    batch.values.push_back(model::StaleNan());
  }
  if (batch.series.empty()) return;
  const StatusOr<storage::AppendCounts> counts = services_.writer->Append(std::move(batch));
  if (!counts.ok()) {
    LogWarn("scrape", "{}: gone, but its series could not be ended: {}", target_.url,
            counts.status().message());
  }
}

TargetState ScrapeLoop::state() const {
  const std::lock_guard lock(mutex_);
  return state_;
}

}  // namespace glint::scrape
