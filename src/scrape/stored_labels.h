// From the labels of a scraped line to those that its series is stored under. Thread-safe.
#pragma once

#include <optional>

#include "base/status.h"
#include "config/prometheus_config.h"
#include "model/labels.h"

namespace glint::scrape {

// Labels of the target that a sample has too: it keeps its own (`honor`), or they become
// exported_NAME.
model::Labels MergeLabels(const model::Labels& scraped, const model::Labels& target, bool honor);

// Merged and relabelled; none if relabelling drops the series.
// INVALID_ARGUMENT: no name is left. RESOURCE_EXHAUSTED: one of the label limits, with both values.
StatusOr<std::optional<model::Labels>> StoredLabels(const config::ScrapeConfig& config,
                                                    const model::Labels& scraped,
                                                    const model::Labels& target);

}  // namespace glint::scrape
