// What every kind of metric has in common: one series (or, for a histogram, one set of series)
// that can be written out. Users meet Counter, Gauge and Histogram.
#pragma once

#include <string>

namespace glint {
namespace internal {
class ExpositionWriter;
}

class Metric {
 public:
  Metric() = default;
  Metric(const Metric&) = delete;
  Metric& operator=(const Metric&) = delete;
  virtual ~Metric() = default;

  // `labels` are the finished, escaped pairs of this child, without braces.
  virtual void Write(const std::string& labels, internal::ExpositionWriter& writer) const = 0;
};

}  // namespace glint
