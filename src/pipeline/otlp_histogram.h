// OpenTelemetry's exponential histograms as Prometheus' native ones. Thread-safe.
#pragma once

#include "base/status.h"
#include "model/histogram.h"
#include "model/otlp_metrics.h"

namespace glint::pipeline {

// The zero threshold of senders that say none: only 0 itself is in the zero bucket.
inline constexpr double kDefaultZeroThreshold = 1e-128;

// Scales above model::kMaxSchema are merged down to it; the stale sum when the point has no value.
// INVALID_ARGUMENT: a scale below model::kMinSchema, which no merging reaches, or buckets at
// indexes beyond 32 bits.
StatusOr<model::Histogram> NativeHistogram(const model::ExponentialHistogramPoint& point);

}  // namespace glint::pipeline
