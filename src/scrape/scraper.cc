#include "scrape/scraper.h"

#include <fmt/format.h>

#include <set>
#include <unordered_map>

#include "base/log.h"
#include "scrape/target.h"

namespace glint::scrape {
namespace {

std::string Fingerprint(const std::vector<config::RelabelRule>& rules) {
  std::string text;
  for (const config::RelabelRule& rule : rules) {
    text += fmt::format("[{}|{}|{}|{}|{}|{}|{}]", static_cast<int>(rule.action),
                        fmt::join(rule.source_labels, ","), rule.separator, rule.regex_text,
                        rule.target_label, rule.replacement, rule.modulus);
  }
  return text;
}

std::string Fingerprint(const config::ScrapeTls& tls) {
  return fmt::format("{}|{}|{}|{}|{}", tls.ca_file, tls.cert_file, tls.key_file, tls.server_name,
                     tls.insecure_skip_verify);
}

// Whatever of a job changes its scrapes, but for what is in the targets themselves.
std::string Fingerprint(const config::ScrapeConfig& config) {
  const config::HttpCredentials& auth = config.credentials;
  std::string text = fmt::format(
      "{}|{}{}{}{}{}{}|{}|{}|{}|{}|{}|{}|{}|{}|{}|{}|{}", config.job_name, config.honor_labels,
      config.honor_timestamps, config.track_timestamps_staleness, config.enable_compression,
      config.follow_redirects, config.extra_scrape_metrics, auth.username, auth.password,
      auth.password_file, auth.type, auth.credentials, auth.credentials_file,
      Fingerprint(config.tls), fmt::join(config.scrape_protocols, ","),
      config.fallback_scrape_protocol, config.body_size_limit, config.sample_limit);
  text += fmt::format("|{}|{}|{}|", config.label_limit, config.label_name_length_limit,
                      config.label_value_length_limit);
  for (const auto& header : config.http_headers) {
    text += fmt::format("{}={};", header.first, fmt::join(header.second, ","));
  }
  return text + Fingerprint(config.metric_relabel_configs);
}

std::string Fingerprint(const Target& target) {
  return fmt::format("{}|{}|{}|{}|{}", target.labels.ToString(), target.url, target.interval_ms,
                     target.timeout_ms, target.discovered.ToString());
}

// A target that a job is to have, with what its loop needs.
struct Wanted {
  std::string fingerprint;
  std::shared_ptr<const config::ScrapeConfig> config;
  net::HttpClient* client;
  Target target;
  std::string refusal;
};

std::string RefusalOf(const config::ScrapeConfig& config, size_t targets) {
  if (config.target_limit == 0 || targets <= config.target_limit) return {};
  return fmt::format("target_limit exceeded (number of targets: {}, limit: {})", targets,
                     config.target_limit);
}

}  // namespace

Scraper::Scraper(net::EventLoop& loop, storage::MetricWriter& writer, ScraperOptions options)
    : loop_(loop),
      writer_(writer),
      options_(std::move(options)),
      workers_("glint-scrape", options_.worker_threads, options_.max_queued) {}

Scraper::~Scraper() { Stop(); }

StatusOr<net::HttpClient*> Scraper::ClientFor(const config::ScrapeTls& tls) {
  std::unique_ptr<net::HttpClient>& client = clients_[Fingerprint(tls)];
  if (client == nullptr) {
    net::HttpClientOptions options;
    options.ca_file = tls.ca_file;
    options.cert_file = tls.cert_file;
    options.key_file = tls.key_file;
    options.server_name = tls.server_name;
    options.insecure_skip_verify = tls.insecure_skip_verify;
    ASSIGN_OR_RETURN(client, net::HttpClient::Make(loop_, options));
  }
  return client.get();
}

Status Scraper::Apply(const config::PrometheusConfig& config) {
  const std::lock_guard applying(apply_mutex_);
  std::vector<Wanted> wanted;
  uint64_t dropped = 0;
  for (const config::ScrapeConfig& job : config.scrape_configs) {
    const auto shared = std::make_shared<const config::ScrapeConfig>(job);
    StatusOr<net::HttpClient*> client = ClientFor(job.tls);
    if (!client.ok()) return client.status().At(fmt::format("job \"{}\"", job.job_name));
    TargetList list = MakeTargets(job);
    dropped += list.dropped;
    for (const std::string& error : list.errors) LogWarn("scrape", "{}", error);
    const std::string refusal = RefusalOf(job, list.targets.size());
    for (Target& target : list.targets) {
      wanted.push_back({fmt::format("{}|{}|{}", Fingerprint(job), Fingerprint(target), refusal),
                        shared, *client, std::move(target), refusal});
    }
  }

  std::vector<std::shared_ptr<ScrapeLoop>> gone;
  std::vector<std::shared_ptr<ScrapeLoop>> started;
  {
    const std::lock_guard lock(mutex_);
    if (stopped_) return Unavailable("scraping has been stopped");
    std::unordered_map<std::string, std::shared_ptr<ScrapeLoop>> before;
    for (Running& running : running_) before.emplace(running.fingerprint, running.loop);
    running_.clear();
    dropped_ = dropped;
    const ScrapeServices services = {&loop_,         &workers_,  &writer_,
                                     options_.clock, &counters_, "glint/" + options_.version};
    for (Wanted& want : wanted) {
      if (const auto same = before.find(want.fingerprint); same != before.end()) {
        running_.push_back({want.fingerprint, same->second});
        before.erase(same);
        continue;
      }
      auto loop = std::make_shared<ScrapeLoop>(services, *want.client, want.config,
                                               std::move(want.target), want.refusal);
      started.push_back(loop);
      running_.push_back({want.fingerprint, std::move(loop)});
    }
    for (auto& left : before) gone.push_back(std::move(left.second));
  }
  for (const auto& loop : gone) loop->BeginStop();
  for (const auto& loop : gone) loop->WaitUntilStopped();
  // What another loop goes on to write must not be ended here: same labels, other settings.
  std::set<model::Labels> kept;
  for (const TargetState& state : Targets()) kept.insert(state.target.labels);
  for (const auto& loop : gone) {
    if (kept.count(loop->target().labels) == 0) loop->StoreGone();
  }
  for (const auto& loop : started) loop->Start();
  return OkStatus();
}

void Scraper::Stop() {
  const std::lock_guard applying(apply_mutex_);
  std::vector<Running> running;
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    running = running_;
  }
  for (const Running& one : running) one.loop->BeginStop();
  for (const Running& one : running) one.loop->WaitUntilStopped();
  workers_.Stop();
  clients_.clear();
}

std::vector<TargetState> Scraper::Targets() const {
  std::vector<std::shared_ptr<ScrapeLoop>> loops;
  {
    const std::lock_guard lock(mutex_);
    for (const Running& running : running_) loops.push_back(running.loop);
  }
  std::vector<TargetState> states;
  states.reserve(loops.size());
  for (const auto& loop : loops) states.push_back(loop->state());
  return states;
}

uint64_t Scraper::dropped_targets() const {
  const std::lock_guard lock(mutex_);
  return dropped_;
}

}  // namespace glint::scrape
