#include "pipeline/otlp_histogram.h"

#include <limits>

#include "model/sample.h"

namespace glint::pipeline {
namespace {

// Up to this many empty buckets cost less inside a span than a new span does.
constexpr int64_t kMaxGapInSpan = 2;

struct Runs {
  std::vector<model::BucketSpan> spans;
  std::vector<double> counts;
};

// Bucket i of OTLP begins where Prometheus' bucket of that number ends, hence the + 1.
StatusOr<Runs> RunsOf(const model::ExponentialBuckets& buckets, int scale_down) {
  Runs runs;
  int64_t next = 0;  // Index after the last bucket of `runs`.
  for (size_t i = 0; i < buckets.counts.size();) {
    const int64_t index =
        ((static_cast<int64_t>(buckets.offset) + static_cast<int64_t>(i)) >> scale_down) + 1;
    double count = 0;
    for (; i < buckets.counts.size(); ++i) {
      const int64_t at = static_cast<int64_t>(buckets.offset) + static_cast<int64_t>(i);
      if ((at >> scale_down) + 1 != index) break;
      count += static_cast<double>(buckets.counts[i]);
    }
    if (count == 0) continue;
    if (index > std::numeric_limits<int32_t>::max() ||
        index < std::numeric_limits<int32_t>::min()) {
      return InvalidArgument("bucket {} is beyond 32 bits", index);
    }
    const int64_t gap = index - next;
    if (runs.spans.empty() || gap > kMaxGapInSpan) {
      runs.spans.push_back({static_cast<int32_t>(runs.spans.empty() ? index : gap), 0});
    } else {
      runs.counts.insert(runs.counts.end(), static_cast<size_t>(gap), 0.0);
      runs.spans.back().length += static_cast<uint32_t>(gap);
    }
    runs.counts.push_back(count);
    ++runs.spans.back().length;
    next = index + 1;
  }
  return runs;
}

}  // namespace

StatusOr<model::Histogram> NativeHistogram(const model::ExponentialHistogramPoint& point) {
  if (point.scale < model::kMinSchema) {
    return InvalidArgument("scale is {}, native histograms begin at {}", point.scale,
                           model::kMinSchema);
  }
  model::Histogram out;
  out.schema = point.scale;
  int scale_down = 0;
  if (out.schema > model::kMaxSchema) {
    // Any index is 0 or -1 after 31 halvings.
    scale_down = std::min<int64_t>(static_cast<int64_t>(out.schema) - model::kMaxSchema, 31);
    out.schema = model::kMaxSchema;
  }
  out.zero_threshold = point.zero_threshold > 0 ? point.zero_threshold : kDefaultZeroThreshold;
  if (point.HasNoValue()) {
    out.sum = model::StaleNan();
    return out;
  }
  out.count = static_cast<double>(point.count);
  out.zero_count = static_cast<double>(point.zero_count);
  out.sum = point.sum.value_or(0);
  ASSIGN_OR_RETURN(Runs positive, RunsOf(point.positive, scale_down));
  ASSIGN_OR_RETURN(Runs negative, RunsOf(point.negative, scale_down));
  out.positive_spans = std::move(positive.spans);
  out.positive_buckets = std::move(positive.counts);
  out.negative_spans = std::move(negative.spans);
  out.negative_buckets = std::move(negative.counts);
  return out;
}

}  // namespace glint::pipeline
