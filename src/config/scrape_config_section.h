// Reading and checking one scrape_config.
// Source: https://prometheus.io/docs/prometheus/latest/configuration/configuration/#scrape_config
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "config/prometheus_config.h"

namespace glint::config {

// 0 means none.
struct ScrapeLimits {
  uint64_t body_size = 0;
  uint64_t samples = 0;
  uint64_t targets = 0;
  uint64_t labels = 0;
  uint64_t label_name_length = 0;
  uint64_t label_value_length = 0;
};

class YamlMap;

// What `global` gives to every job that does not say otherwise.
struct ScrapeDefaults {
  int64_t interval_ms = 60'000;
  int64_t timeout_ms = 10'000;
  ScrapeLimits limits;
  std::vector<std::string> scrape_protocols = {"OpenMetricsText1.0.0", "OpenMetricsText0.0.1",
                                               "PrometheusText1.0.0", "PrometheusText0.0.4"};
  bool extra_scrape_metrics = false;
  bool utf8_names = true;
};

// Reads and checks one job; what is wrong or not acted on is told to the map's file. `directory`
// is where relative paths of files count from.
ScrapeConfig ReadScrapeConfig(YamlMap& map, const ScrapeDefaults& defaults,
                              const std::string& directory);

// Reads scrape_protocols, if there; told to the file when it names unknown or repeated ones.
void ReadScrapeProtocols(YamlMap& map, std::vector<std::string>& protocols);
// Reads metric_name_validation_scheme, if there: whether names are UTF-8.
void ReadNameScheme(YamlMap& map, bool& utf8_names);
// Reads the limits, those that are there.
void ReadScrapeLimits(YamlMap& map, ScrapeLimits& limits);

// Names and values of a map, checked to be UTF-8.
std::vector<model::Label> ReadLabels(YamlMap& map, std::string_view key);

// `path` as seen from `directory`, unless it is absolute or empty.
std::string PathFrom(const std::string& directory, const std::string& path);

}  // namespace glint::config
