// relabel_configs and metric_relabel_configs as they stand in a file. Applying them is scrape/'s.
#pragma once

#include <vector>

#include "config/prometheus_config.h"
#include "config/yaml_map.h"

namespace glint::config {

// How far names of labels and metrics may go.
enum class NameScheme : uint8_t { kUtf8, kLegacy };

// The rules under `key` of `map`, checked as Prometheus checks them; errors stay in `context`.
std::vector<RelabelRule> ReadRelabelRules(YamlContext& context, YamlMap& map, const char* key,
                                          NameScheme scheme);

}  // namespace glint::config
