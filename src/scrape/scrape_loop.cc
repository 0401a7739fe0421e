#include "scrape/scrape_loop.h"

#include <algorithm>

#include "base/log.h"
#include "net/encoding.h"
#include "net/http_text.h"
#include "scrape/scrape_request.h"

namespace glint::scrape {
namespace {

using std::chrono::steady_clock;

// A scrape that begins this little after its step is stored at the step, so that intervals are
// even and their deltas small. As Prometheus does.
constexpr int64_t kSnapMs = 2;

// Bodies beyond this are read on the pool, so that the event loop turns.
constexpr size_t kMaxBytesOnLoop = 1 << 20;

// The store may forget refs that nobody used for so long: they are resolved again rather than
// refused.
constexpr int64_t kRefsGoodForMs = storage::kRefLifetimeMs - 60'000;

std::optional<wire::ExpositionFormat> Fallback(const std::string& protocol) {
  if (protocol.find("OpenMetrics") == 0) return wire::ExpositionFormat::kOpenMetrics;
  if (protocol.find("PrometheusText") == 0) return wire::ExpositionFormat::kPrometheusText;
  return std::nullopt;
}

StatusOr<wire::ExpositionFormat> FormatOf(std::string_view content_type,
                                          const config::ScrapeConfig& config) {
  return wire::ParserForContentType(content_type, Fallback(config.fallback_scrape_protocol));
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
      series_(*config_, target_.labels),
      report_(*config_, target_) {
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
  scrape_ = Scrape();
  scrape_.began = steady_clock::now();
  const int64_t now_ms = services_.clock->NowMs();
  const int64_t step_ms = next_ns_ / 1'000'000;
  scrape_.time = std::abs(now_ms - step_ms) <= kSnapMs ? step_ms : now_ms;
  Ask();
}

void ScrapeLoop::Ask() {
  if (!refusal_.empty()) return Take(ResourceExhausted("{}", refusal_));
  StatusOr<net::HttpFetch> request = MakeScrapeRequest(*config_, target_, services_.user_agent);
  if (!request.ok()) return Take(request.status());
  request->stop = stop_.get_token();
  request->expected_body_bytes = fetched_bytes_ + fetched_bytes_ / 16;
  client_.Fetch(*std::move(request),
                [this](StatusOr<net::HttpFetched> fetched) { Take(std::move(fetched)); });
}

void ScrapeLoop::Take(StatusOr<net::HttpFetched> fetched) {
  if (stop_.stop_requested()) return Finish();  // Cancelled by us: says nothing of the target.
  ForgetOldRefs();
  fetched_bytes_ = fetched.ok() ? fetched->body.size() : 0;
  if (TakeSame(fetched)) return;
  auto answer = std::make_shared<StatusOr<net::HttpFetched>>(std::move(fetched));
  if (services_.workers->TrySubmit([this, answer] { Parse(*answer); })) return;
  services_.counters->missed.fetch_add(1);
  Finish();
}

void ScrapeLoop::ForgetOldRefs() {
  if (scrape_.time - series_stored_ > kRefsGoodForMs) series_.Forget();
}

// What nearly every scrape is: short, and with the lines of the last one.
bool ScrapeLoop::TakeSame(const StatusOr<net::HttpFetched>& fetched) {
  if (!fetched.ok() || fetched->status != 200 || series_.series() == 0 || !report_.IsResolved() ||
      fetched->body.size() > kMaxBytesOnLoop) {
    return false;
  }
  const auto format = FormatOf(fetched->Header("Content-Type"), *config_);
  if (!format.ok()) return false;
  std::string_view body = fetched->body;
  std::string inflated;
  if (const auto encoding = fetched->Header("Content-Encoding"); !encoding.empty()) {
    StatusOr<std::string> whole =
        net::Decompress(body, encoding, std::min<uint64_t>(BodyLimit(*config_), kMaxBytesOnLoop));
    if (!whole.ok()) return false;
    inflated = *std::move(whole);
    body = inflated;
  }
  storage::MetricBatch batch = EmptyBatch();
  const auto counts = series_.FillSame(body, *format, batch);
  if (!counts) return false;
  scrape_.outcome.body_bytes = body.size();
  scrape_.outcome.counts = *counts;
  Report(std::move(batch));
  return true;
}

void ScrapeLoop::Parse(const StatusOr<net::HttpFetched>& fetched) {
  if (stop_.stop_requested()) return Finish();
  storage::MetricBatch batch = EmptyBatch();
  const StatusOr<std::string> body = BodyOf(fetched);
  scrape_.outcome.status = body.status();
  if (body.ok()) {
    scrape_.outcome.body_bytes = body->size();
    scrape_.outcome.status = FillParsed(*body, fetched->Header("Content-Type"), batch);
  }
  if (!scrape_.outcome.status.ok()) {
    batch = EmptyBatch();
    series_.FillStale(batch);
  }
  Report(std::move(batch));
}

Status ScrapeLoop::FillParsed(std::string_view body, std::string_view content_type,
                              storage::MetricBatch& batch) {
  ASSIGN_OR_RETURN(const wire::ExpositionFormat format, FormatOf(content_type, *config_));
  if (const auto counts = series_.FillSame(body, format, batch)) {
    scrape_.outcome.counts = *counts;
    return OkStatus();
  }
  ASSIGN_OR_RETURN(wire::ParsedScrape parsed,
                   wire::ParseExposition(body, format, wire::ParseMode::kScrape));
  scrape_.outcome.counts.scraped = parsed.samples.size();
  ASSIGN_OR_RETURN(scrape_.outcome.counts,
                   series_.Fill(body, std::move(parsed), *services_.writer, batch));
  return OkStatus();
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

storage::MetricBatch ScrapeLoop::EmptyBatch() const {
  storage::MetricBatch batch;
  batch.sender = hash_;
  batch.time = scrape_.time;
  return batch;
}

void ScrapeLoop::Report(storage::MetricBatch batch) {
  scrape_.outcome.seconds = Seconds(steady_clock::now() - scrape_.began);
  const Status reported = report_.Add(scrape_.outcome, *services_.writer, batch);
  if (!reported.ok()) return Lose(reported);
  scrape_.exemplars = batch.exemplars.size();
  services_.writer->AppendSoon(
      std::move(batch),
      [this](const StatusOr<storage::AppendCounts>& counts) { TakeAnswer(counts); });
}

// On a thread of the store: quick, and the store is not called.
void ScrapeLoop::TakeAnswer(const StatusOr<storage::AppendCounts>& counts) {
  if (counts.ok()) {
    series_.Commit();
    if (scrape_.outcome.status.ok()) series_stored_ = scrape_.time;
    services_.counters->exemplars.fetch_add(scrape_.exemplars);
    services_.counters->samples_dropped.fetch_add(counts->dropped_samples());
    return Conclude();
  }
  if (counts.status().code() != StatusCode::kNotFound || scrape_.is_second) {
    return Lose(counts.status());
  }
  series_.Forget();
  report_.Forget();
  scrape_.is_second = true;
  services_.loop->Post([this] { TryAgain(); });
}

// The body is gone by now, so the target is asked once more. One that failed is not: of its series
// there is nothing left to end.
void ScrapeLoop::TryAgain() {
  if (stop_.stop_requested()) return Finish();
  if (scrape_.outcome.status.ok()) return Ask();
  if (!services_.workers->TrySubmit([this] { Report(EmptyBatch()); })) Finish();
}

void ScrapeLoop::Lose(const Status& status) {
  series_.Abandon();
  services_.counters->lost.fetch_add(1);
  scrape_.outcome.status = status.At("scrape not stored");
  Conclude();
}

void ScrapeLoop::Conclude() {
  const ScrapeOutcome& outcome = scrape_.outcome;
  services_.counters->scrapes.fetch_add(1);
  services_.counters->samples.fetch_add(outcome.counts.scraped);
  if (!outcome.status.ok()) services_.counters->failed.fetch_add(1);
  bool news = false;
  {
    const std::lock_guard lock(mutex_);
    const TargetHealth health = outcome.status.ok() ? TargetHealth::kUp : TargetHealth::kDown;
    news = health != state_.health;
    state_.health = health;
    state_.last_error = std::string(outcome.status.message());
    state_.last_scrape = scrape_.time;
    state_.last_duration_seconds = outcome.seconds;
    state_.last_samples = outcome.counts.scraped;
  }
  if (news && !outcome.status.ok()) {
    LogWarn("scrape", "{}: {}", target_.url, outcome.status.message());
  } else if (news) {
    LogInfo("scrape", "{}: up, {} samples", target_.url, outcome.counts.scraped);
  }
  Finish();
}

// This may be gone when it returns: whoever waits for the end may destroy it.
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
  scrape_.time = services_.clock->NowMs();
  storage::MetricBatch batch = EmptyBatch();
  series_.FillStale(batch);
  report_.AddStale(batch);
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
