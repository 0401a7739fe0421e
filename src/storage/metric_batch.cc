#include "storage/metric_batch.h"

namespace glint::storage {

Status MetricBatch::Check() const {
  const auto unequal = [](std::string_view name, size_t size, size_t wanted) {
    return InvalidArgument("metric batch: {} {}, expected {}", size, name, wanted);
  };
  if (values.size() != series.size()) return unequal("values", values.size(), series.size());
  if (!times.empty() && times.size() != series.size()) {
    return unequal("times", times.size(), series.size());
  }
  if (!start_times.empty() && start_times.size() != series.size()) {
    return unequal("start times", start_times.size(), series.size());
  }
  if (histograms.size() != histogram_series.size()) {
    return unequal("histograms", histograms.size(), histogram_series.size());
  }
  if (exemplars.size() != exemplar_series.size()) {
    return unequal("exemplars", exemplars.size(), exemplar_series.size());
  }
  return OkStatus();
}

void AppendCounts::Add(const AppendCounts& other) {
  samples_stored += other.samples_stored;
  samples_repeated += other.samples_repeated;
  samples_conflicting += other.samples_conflicting;
  samples_too_old += other.samples_too_old;
  samples_too_new += other.samples_too_new;
  exemplars_stored += other.exemplars_stored;
  exemplars_repeated += other.exemplars_repeated;
  exemplars_expired += other.exemplars_expired;
  exemplars_too_new += other.exemplars_too_new;
}

}  // namespace glint::storage
