#include "promql/annotations.h"

#include <fmt/format.h>

#include "promql/quoting.h"

namespace glint::promql {

void AnnotationLog::Add(std::string_view kind, PositionRange where, std::string_view text,
                        std::set<std::string>& into) {
  if (into.size() >= kMaxTexts) return;
  into.insert(query_.empty() ? fmt::format("PromQL {}: {}", kind, text)
                             : fmt::format("PromQL {}: {} ({})", kind, text,
                                           LineAndColumn(query_, where.start)));
}

void AnnotationLog::Warn(PositionRange where, std::string_view text) {
  Add("warning", where, text, warnings_);
}
void AnnotationLog::Inform(PositionRange where, std::string_view text) {
  Add("info", where, text, infos_);
}
void AnnotationLog::WarnFromStore(std::string text) {
  if (warnings_.size() < kMaxTexts) warnings_.insert(std::move(text));
}

Annotations AnnotationLog::Take() && {
  return {{warnings_.begin(), warnings_.end()}, {infos_.begin(), infos_.end()}};
}

std::string MixedFloatsAndHistograms(std::string_view metric) {
  return "encountered a mix of histograms and floats for metric name " + Quote(metric);
}
std::string MixedExponentialAndCustom(std::string_view metric) {
  return "vector contains a mix of histograms with exponential and custom buckets schemas for "
         "metric name " +
         Quote(metric);
}
std::string NotACounter(std::string_view metric) {
  return "this native histogram metric is not a counter: " + Quote(metric);
}
std::string NotAGauge(std::string_view metric) {
  return "this native histogram metric is not a gauge: " + Quote(metric);
}
std::string HistogramsIgnoredInRange(std::string_view metric) {
  return "ignored histograms in a range containing both floats and histograms for metric name " +
         Quote(metric);
}
std::string InvalidQuantile(double q) {
  return "quantile value should be between 0 and 1, got " + FormatG(q);
}

}  // namespace glint::promql
