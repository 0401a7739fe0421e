#include "scrape/scrape_report.h"

#include <iterator>
#include <string_view>

#include "model/sample.h"

namespace glint::scrape {
namespace {

constexpr std::string_view kNames[] = {"up",
                                       "scrape_duration_seconds",
                                       "scrape_samples_scraped",
                                       "scrape_samples_post_metric_relabeling",
                                       "scrape_series_added",
                                       "scrape_timeout_seconds",
                                       "scrape_sample_limit",
                                       "scrape_body_size_bytes"};
constexpr size_t kPlain = 5;  // The others only with extra_scrape_metrics.

void AddSample(model::SeriesRef series, double value, storage::MetricBatch& batch) {
  batch.series.push_back(series);
  batch.values.push_back(value);
  if (!batch.times.empty()) batch.times.push_back(batch.time);
  if (!batch.start_times.empty()) batch.start_times.push_back(0);
}

}  // namespace

Status ScrapeReport::Add(const ScrapeOutcome& outcome, storage::MetricWriter& writer,
                         storage::MetricBatch& batch) {
  if (refs_.empty()) {
    const size_t reports = config_.extra_scrape_metrics ? std::size(kNames) : kPlain;
    std::vector<model::Labels> labels;
    for (size_t i = 0; i < reports; ++i) {
      labels.push_back(target_.labels.With(model::kMetricName, kNames[i]));
    }
    ASSIGN_OR_RETURN(refs_, writer.Resolve(labels));
  }
  const bool too_large = outcome.status.message().find("body size limit") != std::string_view::npos;
  const double values[] = {
      outcome.status.ok() ? 1.0 : 0.0,
      outcome.seconds,
      static_cast<double>(outcome.counts.scraped),
      static_cast<double>(outcome.counts.kept),
      static_cast<double>(outcome.counts.added),
      static_cast<double>(target_.timeout_ms) / 1000,
      static_cast<double>(config_.sample_limit),
      too_large ? -1.0 : static_cast<double>(outcome.body_bytes),
  };
  for (size_t i = 0; i < refs_.size(); ++i) AddSample(refs_[i], values[i], batch);
  return OkStatus();
}

void ScrapeReport::AddStale(storage::MetricBatch& batch) const {
  for (const model::SeriesRef ref : refs_) AddSample(ref, model::StaleNan(), batch);
}

}  // namespace glint::scrape
