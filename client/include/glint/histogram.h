// How measurements are distributed: the number of them up to each of a few bounds, and their sum.
//
//   auto& latency = registry.AddHistogram("shop_request_duration_seconds", "Time to answer.",
//                                        {"route"});
//   auto checkout = latency.With("/checkout");
//   checkout->Observe(0.231);
//
// While a sampled span is current, the observation leaves its ids as the exemplar of its bucket,
// so that a dot on the heatmap opens the trace. Newest wins, at most one every
// `exemplar_interval` and bucket.
//
// There is no Summary: quantiles computed in one process can't be added up with those of another.
//
// Lock-free and allocation-free, thread-safe. Observations are spread over stripes by thread, so
// that threads rarely share a cache line; one histogram costs about 200 bytes for each stripe (a
// stripe for each core, 16 at most) and 48 bytes for each bucket; bounds are the family's.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "glint/exemplar.h"
#include "glint/metric.h"

namespace glint {

struct HistogramOptions {
  // Upper bounds, included in their bucket, ascending; +Inf is added. The default suits the
  // seconds of a web request and is that of the Python client.
  std::vector<double> bounds = {.005, .01, .025, .05, .075, .1,  .25,
                                .5,   .75, 1.0,  2.5, 5.0,  7.5, 10.0};

  // Zero takes every exemplar.
  std::chrono::nanoseconds exemplar_interval = std::chrono::milliseconds(100);
};

// As many as asked for, each `factor` times the one before.
std::vector<double> ExponentialBounds(double first, double factor, size_t count);
std::vector<double> LinearBounds(double first, double width, size_t count);

namespace internal {

// What all histograms of a family share.
struct HistogramLayout {
  explicit HistogramLayout(const HistogramOptions& options);

  std::vector<double> bounds;             // Without +Inf.
  std::vector<std::string> bound_labels;  // le="0.005", and last le="+Inf".
  std::chrono::nanoseconds exemplar_interval;
};

}  // namespace internal

class Histogram : public Metric {
 public:
  // REQUIRES: bounds ascend and none is NaN (Registry::AddHistogram checks).
  explicit Histogram(const HistogramOptions& options);
  explicit Histogram(std::shared_ptr<const internal::HistogramLayout> layout);

  // NaN is counted in the +Inf bucket and makes the sum NaN, as elsewhere.
  void Observe(double value);

  struct Snapshot {
    std::vector<uint64_t> buckets;  // Not cumulative; the last is +Inf.
    uint64_t count = 0;             // Always the sum of `buckets`.
    double sum = 0;                 // May miss what is being observed at this moment.
    std::vector<std::optional<Exemplar>> exemplars;  // One for each bucket.
  };
  Snapshot Read() const;

  const std::vector<double>& bounds() const { return layout_->bounds; }

  void Write(const std::string& labels, internal::ExpositionWriter& writer) const override;

 private:
  struct alignas(64) Line {
    std::array<std::atomic<uint64_t>, 8> cells{};
  };

  size_t BucketOf(double value) const;
  size_t bucket_count() const { return layout_->bounds.size() + 1; }
  // Over all stripes.
  uint64_t CountOf(size_t bucket) const;
  double Sum() const;

  const std::shared_ptr<const internal::HistogramLayout> layout_;
  // A stripe is the sum (the bits of a double), then one cell for each bucket, in whole lines.
  const size_t lines_per_stripe_;
  const std::unique_ptr<Line[]> lines_;
  const std::unique_ptr<ExemplarSlot[]> exemplars_;
  std::atomic<bool> has_exemplars_{false};  // Else a scrape doesn't look at the slots.
};

// Observes the seconds from its construction to its end, in a histogram that outlives it. Give it
// a shorter life than the scope of the span whose exemplar it is to leave.
class Timer {
 public:
  explicit Timer(Histogram& histogram)
      : histogram_(histogram), start_(std::chrono::steady_clock::now()) {}
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;
  ~Timer() {
    histogram_.Observe(
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count());
  }

 private:
  Histogram& histogram_;
  const std::chrono::steady_clock::time_point start_;
};

}  // namespace glint
