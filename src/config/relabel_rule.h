// Reading and checking one rule of relabel_configs. Applied by scrape/relabel.h.
// Source: https://prometheus.io/docs/prometheus/latest/configuration/configuration/#relabel_config
#pragma once

#include "config/prometheus_config.h"

namespace glint::config {

class YamlMap;

// What is wrong is told to the map's file. `utf8_names` lets a label have any name.
RelabelRule ReadRelabelRule(YamlMap& map, bool utf8_names);

}  // namespace glint::config
