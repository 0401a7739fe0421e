// The rules of one OpenMetrics histogram or gauge histogram: its buckets, count and sum together.
//
// Single-threaded.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "wire/family_check.h"

namespace glint::wire {

class OpenMetricsHistogramCheck {
 public:
  OpenMetricsHistogramCheck(std::string name, FamilyCheck::Report report)
      : name_(std::move(name)), report_(std::move(report)) {}

  // The next sample; `same_point` when labels (but le) and timestamp equal those of the last one.
  void Take(std::string_view suffix, std::string_view le, double value, bool same_point);
  // After the family's last sample.
  void Finish();

 private:
  // What one point has shown so far.
  struct Point {
    std::optional<double> bound;  // Of the last bucket.
    double in_buckets = 0;        // Its value.
    std::optional<double> count;
    bool has_sum = false;
    bool has_negative_bucket = false;
    bool gauge = false;
    double sum = 0;
  };

  const std::string name_;
  const FamilyCheck::Report report_;
  std::optional<Point> point_;
};

}  // namespace glint::wire
