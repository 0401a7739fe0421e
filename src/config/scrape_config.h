// One entry of scrape_configs, read and checked against the global section above it.
#pragma once

#include <optional>

#include "config/prometheus_config.h"
#include "config/relabel_rules.h"
#include "config/yaml_map.h"

namespace glint::config {

// What `global` sets for every job that does not say otherwise.
struct GlobalDefaults {
  int64_t scrape_interval_ms = 60'000;
  int64_t scrape_timeout_ms = 10'000;
  std::vector<std::string> scrape_protocols;
  uint64_t body_size_limit = 0;
  uint64_t sample_limit = 0;
  uint64_t target_limit = 0;
  uint64_t label_limit = 0;
  uint64_t label_name_length_limit = 0;
  uint64_t label_value_length_limit = 0;
  NameScheme names = NameScheme::kUtf8;
};

// Known values, none twice; errors stay in `context`.
void ReadScrapeProtocols(YamlMap& map, std::vector<std::string>& out);
// "utf8" or "legacy".
void ReadNameScheme(YamlMap& map, NameScheme& out);

ScrapeConfig ReadScrapeConfig(YamlContext& context, const YAML::Node& node, const std::string& path,
                              const GlobalDefaults& defaults);

}  // namespace glint::config
