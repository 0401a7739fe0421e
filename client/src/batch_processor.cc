#include "glint/batch_processor.h"

#include <algorithm>
#include <cstdio>
#include <iterator>

#include "environment.h"

namespace glint {

using Outcome = ExportResult::Outcome;

BatchOptions BatchOptions::FromEnvironment() {
  const BatchOptions defaults;
  BatchOptions options;
  options.max_queue_size = static_cast<size_t>(internal::IntegerVariable(
      "OTEL_BSP_MAX_QUEUE_SIZE", 1, 1 << 24, static_cast<int64_t>(defaults.max_queue_size)));
  options.max_batch_size = static_cast<size_t>(internal::IntegerVariable(
      "OTEL_BSP_MAX_EXPORT_BATCH_SIZE", 1, 1 << 20, static_cast<int64_t>(defaults.max_batch_size)));
  options.delay = std::chrono::milliseconds(
      internal::IntegerVariable("OTEL_BSP_SCHEDULE_DELAY", 1, 3'600'000, defaults.delay.count()));
  options.max_batch_size = std::min(options.max_batch_size, options.max_queue_size);
  return options;
}

BatchProcessor::BatchProcessor(std::unique_ptr<SpanExporter> exporter, BatchOptions options)
    : exporter_(std::move(exporter)), options_(options), thread_([this] { Run(); }) {}

BatchProcessor::~BatchProcessor() { Shutdown(); }

void BatchProcessor::OnEnd(SpanData&& span) {
  bool full_batch = false;
  {
    const std::lock_guard lock(mutex_);
    if (stopping_ || queue_.size() >= options_.max_queue_size) {
      ++counts_.dropped_queue_full;
      return;
    }
    queue_.push_back(std::move(span));
    full_batch = queue_.size() == options_.max_batch_size;
  }
  if (full_batch) wake_.notify_one();
}

bool BatchProcessor::ForceFlush(std::chrono::milliseconds timeout) {
  std::unique_lock lock(mutex_);
  flush_ = true;
  wake_.notify_one();
  return idle_.wait_for(lock, timeout, [this] { return queue_.empty() && !sending_; });
}

void BatchProcessor::Shutdown() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  if (thread_.joinable()) thread_.join();
}

BatchProcessor::Counts BatchProcessor::counts() const {
  const std::lock_guard lock(mutex_);
  return counts_;
}

void BatchProcessor::Run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    wake_.wait_for(lock, options_.delay, [this] {
      return stopping_ || flush_ || queue_.size() >= options_.max_batch_size;
    });
    while (!queue_.empty()) {
      const auto end =
          queue_.begin() + static_cast<ptrdiff_t>(std::min(queue_.size(), options_.max_batch_size));
      std::vector<SpanData> batch(std::make_move_iterator(queue_.begin()),
                                  std::make_move_iterator(end));
      queue_.erase(queue_.begin(), end);
      sending_ = true;
      lock.unlock();
      const bool sent = Send(std::move(batch));
      lock.lock();
      sending_ = false;
      if (stopping_ && !sent) {
        // Nobody listens: the end of the program doesn't wait for more of the same.
        counts_.dropped_not_sent += queue_.size();
        queue_.clear();
      }
    }
    flush_ = false;
    idle_.notify_all();
    if (stopping_) return;
  }
}

bool BatchProcessor::Send(std::vector<SpanData> batch) {
  ExportResult result;
  std::chrono::milliseconds delay{1000};
  for (int tries = 1;; ++tries, delay *= 2) {
    result = exporter_->Export(batch);
    if (result.outcome != Outcome::kTryAgain || tries == kMaxTries) break;
    if (!WaitBeforeRetry(delay)) break;
  }
  const std::lock_guard lock(mutex_);
  if (result.outcome == Outcome::kSent) {
    counts_.sent += batch.size();
    failing_ = false;
    return true;
  }
  counts_.dropped_not_sent += batch.size();
  if (!failing_) {
    std::fprintf(stderr, "glint: could not send %zu spans to %s: %s\n", batch.size(),
                 exporter_->Destination().c_str(), result.error.c_str());
  }
  failing_ = true;
  return false;
}

// False: there is no time left to try again.
bool BatchProcessor::WaitBeforeRetry(std::chrono::milliseconds delay) {
  std::unique_lock lock(mutex_);
  return !wake_.wait_for(lock, delay, [this] { return stopping_; });
}

void AddSpanMetrics(Registry& registry, std::shared_ptr<const BatchProcessor> processor) {
  registry.AddCounterCallback(
      "glint_client_spans", "Spans that ended, by what became of them.", {"result"},
      [processor = std::move(processor)](SampleSink& sink) {
        const BatchProcessor::Counts counts = processor->counts();
        sink.Add(static_cast<double>(counts.sent), {"sent"});
        sink.Add(static_cast<double>(counts.dropped_queue_full), {"queue_full"});
        sink.Add(static_cast<double>(counts.dropped_not_sent), {"not_sent"});
      });
}

}  // namespace glint
