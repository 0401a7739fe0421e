// All targets of a configuration, each scraped at its own steps.
//
// Thread-safe.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/status.h"
#include "config/prometheus_config.h"
#include "net/event_loop.h"
#include "net/http_client.h"
#include "net/worker_pool.h"
#include "scrape/scrape_loop.h"
#include "storage/metric_writer.h"

namespace glint::scrape {

struct ScraperOptions {
  std::string version = "0.0.0";        // For "User-Agent: glint/VERSION".
  int worker_threads = 2;               // Parsing and storing.
  size_t max_queued = 20'000;           // Answers that wait for a worker. Beyond: not stored.
  const Clock* clock = &SystemClock();  // Outlives the scraper.
};

class Scraper {
 public:
  // Both outlive the scraper.
  Scraper(net::EventLoop& loop, storage::MetricWriter& writer, ScraperOptions options);
  ~Scraper();  // Stop().

  // Scrapes these jobs from now on. Targets that stay as they were go on undisturbed; those that
  // are gone are stopped and their series end.
  // INVALID_ARGUMENT: a certificate or key that cannot be read. Nothing changed.
  Status Apply(const config::PrometheusConfig& config);

  // Ends all scraping; series do not end with it, as the program may be back before the next step.
  void Stop();

  // In order of the configuration.
  std::vector<TargetState> Targets() const;
  uint64_t dropped_targets() const;  // By relabelling.
  const ScrapeCounters& counters() const { return counters_; }

 private:
  struct Running {
    std::string fingerprint;  // Of all that makes its scrapes what they are.
    std::shared_ptr<ScrapeLoop> loop;
  };

  StatusOr<net::HttpClient*> ClientFor(const config::ScrapeTls& tls);

  net::EventLoop& loop_;
  storage::MetricWriter& writer_;
  const ScraperOptions options_;
  ScrapeCounters counters_;
  net::WorkerPool workers_;

  std::mutex apply_mutex_;  // One Apply or Stop at a time.
  // By their TLS files; kept until the end, as loops borrow them. Guarded by apply_mutex_.
  std::map<std::string, std::unique_ptr<net::HttpClient>> clients_;

  mutable std::mutex mutex_;
  std::vector<Running> running_;  // Guarded by mutex_, as is the rest.
  uint64_t dropped_ = 0;
  bool stopped_ = false;
};

}  // namespace glint::scrape
