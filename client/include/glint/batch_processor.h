// Gathers finished spans and sends them in batches from a thread of its own, so that ending a span
// never waits for the network.
//
// Bounded: a span that finds the queue full is dropped and counted. A batch that can't be sent is
// tried again after 1, 2, 4... seconds, up to kMaxTries times; meanwhile the queue fills.
//
// Thread-safe.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "glint/registry.h"
#include "glint/span_exporter.h"
#include "glint/tracer.h"

namespace glint {

struct BatchOptions {
  size_t max_queue_size = 2048;
  size_t max_batch_size = 512;  // At most max_queue_size.
  std::chrono::milliseconds delay{5000};

  // OTEL_BSP_MAX_QUEUE_SIZE, OTEL_BSP_MAX_EXPORT_BATCH_SIZE, OTEL_BSP_SCHEDULE_DELAY.
  static BatchOptions FromEnvironment();
};

class BatchProcessor : public SpanProcessor {
 public:
  static constexpr int kMaxTries = 6;

  explicit BatchProcessor(std::unique_ptr<SpanExporter> exporter,
                          BatchOptions options = BatchOptions::FromEnvironment());
  ~BatchProcessor() override;  // As Shutdown.

  void OnEnd(SpanData&& span) override;

  // Sends what is queued now. False if that took longer than `timeout`.
  bool ForceFlush(std::chrono::milliseconds timeout);

  // Sends what is queued, until a batch fails, then ends the thread. Spans that come later are
  // dropped.
  void Shutdown();

  struct Counts {
    uint64_t sent = 0;
    uint64_t dropped_queue_full = 0;  // Or after Shutdown.
    uint64_t dropped_not_sent = 0;    // Refused, or tried too often.
  };
  Counts counts() const;

 private:
  void Run();
  // Sends and counts one batch; whether it was sent. Called without the lock, by the thread only.
  bool Send(std::vector<SpanData> batch);
  bool WaitBeforeRetry(std::chrono::milliseconds delay);

  const std::unique_ptr<SpanExporter> exporter_;
  const BatchOptions options_;

  mutable std::mutex mutex_;  // Guards all below but the thread.
  std::condition_variable wake_;
  std::condition_variable idle_;
  std::vector<SpanData> queue_;
  bool sending_ = false;
  bool flush_ = false;
  bool stopping_ = false;
  bool failing_ = false;  // The last batch failed: said once, until one is sent again.
  Counts counts_;

  std::thread thread_;
};

// glint_client_spans_total{result="sent|queue_full|not_sent"} of a processor, which the registry
// keeps alive.
void AddSpanMetrics(Registry& registry, std::shared_ptr<const BatchProcessor> processor);

}  // namespace glint
