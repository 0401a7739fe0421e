#include "wire/openmetrics_histogram_check.h"

#include <cmath>

#include "wire/number_text.h"

namespace glint::wire {

void OpenMetricsHistogramCheck::Take(std::string_view suffix, std::string_view le, double value,
                                     bool same_point) {
  if (!same_point) {
    Finish();
    point_ = Point{};
  }
  if (!point_) point_ = Point{};
  if (suffix == "_bucket") {
    const double bound = ParseFloat(le).value_or(NAN);
    if (bound < 0) point_->has_negative_bucket = true;
    if (point_->bound && bound <= *point_->bound) {
      report_(
          fmt::format("buckets of {} are out of order: {} after {}", name_, bound, *point_->bound));
    }
    if (value < point_->in_buckets) {
      report_(fmt::format("buckets of {} are not cumulative: {} after {}", name_, value,
                          point_->in_buckets));
    }
    point_->bound = bound;
    point_->in_buckets = value;
  } else if (suffix == "_count" || suffix == "_gcount") {
    point_->count = value;
  } else if (suffix == "_sum" || suffix == "_gsum") {
    point_->has_sum = true;
    point_->gauge = suffix == "_gsum";
    point_->sum = value;
  }
}

void OpenMetricsHistogramCheck::Finish() {
  if (!point_) return;
  const Point point = *point_;
  point_.reset();
  if (!point.bound || !(std::isinf(*point.bound) && *point.bound > 0)) {
    report_(fmt::format("{} has no bucket with le=\"+Inf\" at its end", name_));
  }
  if (point.count && *point.count != point.in_buckets) {
    report_(fmt::format("count of {} is {}, but its +Inf bucket is {}", name_, *point.count,
                        point.in_buckets));
  }
  if (point.has_sum && !point.count) report_(fmt::format("{} has a sum but no count", name_));
  if (!point.has_sum && point.count) report_(fmt::format("{} has a count but no sum", name_));
  if (point.has_sum && !point.gauge && point.has_negative_bucket) {
    report_(fmt::format("{} has a bucket below 0, so its sum may fall and is not allowed", name_));
  }
  if (point.gauge && !point.has_negative_bucket && point.sum < 0) {
    report_(fmt::format("sum of {} is {}, but it has no bucket below 0", name_, point.sum));
  }
}

}  // namespace glint::wire
