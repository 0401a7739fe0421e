// Scrapes one target at fixed steps and stores what it says: samples, exemplars, metadata, and how
// the scrape went.
//
// Requests run on the event loop, and so does reading a scrape that says the same lines as the last
// one; others are parsed on the pool. The store answers when it likes: no thread waits for it, and
// the next scrape begins when it has. There is no thread of a target.
// Its place in the interval comes from its hash, so that targets spread and stay where they are.
//
// Thread-safe.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>

#include "base/clock.h"
#include "config/prometheus_config.h"
#include "net/event_loop.h"
#include "net/http_client.h"
#include "net/worker_pool.h"
#include "scrape/scrape_report.h"
#include "scrape/target.h"
#include "scrape/target_series.h"
#include "storage/metric_writer.h"

namespace glint::scrape {

enum class TargetHealth : uint8_t { kUnknown, kUp, kDown };

struct TargetState {
  std::string job;
  Target target;
  TargetHealth health = TargetHealth::kUnknown;
  std::string last_error;         // Empty when the last scrape was good.
  model::TimeMs last_scrape = 0;  // 0: none yet.
  double last_duration_seconds = 0;
  uint64_t last_samples = 0;  // Exposed, before relabelling.
};

// Totals of all targets since the start.
struct ScrapeCounters {
  std::atomic<uint64_t> scrapes = 0;
  std::atomic<uint64_t> failed = 0;
  std::atomic<uint64_t> missed = 0;           // A step at which the one before was not done.
  std::atomic<uint64_t> samples = 0;          // Exposed.
  std::atomic<uint64_t> samples_dropped = 0;  // By the store: conflicting, too old, too new.
  std::atomic<uint64_t> exemplars = 0;        // Handed to the store.
  std::atomic<uint64_t> lost = 0;             // Scrapes that the store refused.
};

// What all loops share; all of it outlives them.
struct ScrapeServices {
  net::EventLoop* loop;
  net::WorkerPool* workers;
  storage::MetricWriter* writer;
  const Clock* clock;
  ScrapeCounters* counters;
  std::string user_agent;
};

class ScrapeLoop : public std::enable_shared_from_this<ScrapeLoop> {
 public:
  // `refusal`: why this target is not to be asked ("target_limit exceeded ..."), else empty.
  ScrapeLoop(const ScrapeServices& services, net::HttpClient& client,
             std::shared_ptr<const config::ScrapeConfig> config, Target target,
             std::string refusal);

  void Start();
  // No scrape begins any more; one that runs is cancelled.
  void BeginStop();
  // Returns when nothing runs and the store has answered. After BeginStop(), before destruction.
  void WaitUntilStopped();
  // Its series end now: the target is gone. After WaitUntilStopped().
  void StoreGone();

  TargetState state() const;
  const Target& target() const { return target_; }

 private:
  struct Scrape {
    model::TimeMs time = 0;
    std::chrono::steady_clock::time_point began;
    bool is_second = false;  // The store did not know the refs of the first.
    uint64_t exemplars = 0;  // In the batch.
    ScrapeOutcome outcome;
  };

  void ScheduleNext();
  void Begin();
  void Ask();
  void Take(StatusOr<net::HttpFetched> fetched);
  bool TakeSame(const StatusOr<net::HttpFetched>& fetched);
  void Parse(const StatusOr<net::HttpFetched>& fetched);
  void ForgetOldRefs();
  Status FillParsed(std::string_view body, std::string_view content_type,
                    storage::MetricBatch& batch);
  StatusOr<std::string> BodyOf(const StatusOr<net::HttpFetched>& fetched) const;
  storage::MetricBatch EmptyBatch() const;
  void Report(storage::MetricBatch batch);
  void TakeAnswer(const StatusOr<storage::AppendCounts>& counts);
  void TryAgain();
  void Lose(const Status& status);
  void Conclude();
  void Finish();

  const ScrapeServices services_;
  net::HttpClient& client_;
  const std::shared_ptr<const config::ScrapeConfig> config_;
  const Target target_;
  const uint64_t hash_;
  const std::string refusal_;
  std::stop_source stop_;
  net::Timer timer_;

  // One scrape at a time, so these belong to whoever runs it. busy_ keeps the loop alive meanwhile.
  Scrape scrape_;
  TargetSeries series_;
  ScrapeReport report_;
  model::TimeMs series_stored_ = 0;  // When the refs of series_ were used last.
  size_t fetched_bytes_ = 0;         // The last body, as sent.
  int64_t next_ns_ = 0;              // Unix time of the next scrape.

  mutable std::mutex mutex_;
  std::condition_variable idle_;
  bool stopped_ = false;  // Guarded by mutex_, as is the rest.
  bool busy_ = false;     // From the timer to Finish().
  TargetState state_;
};

}  // namespace glint::scrape
