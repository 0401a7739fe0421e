// Applies relabel_configs to the labels of a target or of a sample. Thread-safe.
#pragma once

#include <optional>
#include <vector>

#include "config/prometheus_config.h"
#include "model/labels.h"

namespace glint::scrape {

// None: a rule drops it. Rules see what those before them made.
std::optional<model::Labels> Relabel(const std::vector<config::RelabelRule>& rules,
                                     const model::Labels& labels);

}  // namespace glint::scrape
