// A prometheus.yml: what to scrape, how, and how often. Prometheus' own names, defaults and checks.
// Source: https://prometheus.io/docs/prometheus/latest/configuration/configuration/
//
// Keys that Prometheus knows and glint does not act on are taken in with a warning that names key
// and line; keys that nobody knows are errors, as in Prometheus.
//
// Thread-compatible.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/status.h"
#include "model/labels.h"

namespace re2 {
class RE2;
}

namespace glint::config {

enum class RelabelAction : uint8_t {
  kReplace,
  kKeep,
  kDrop,
  kKeepEqual,
  kDropEqual,
  kHashMod,
  kLabelMap,
  kLabelDrop,
  kLabelKeep,
  kLowercase,
  kUppercase,
};

struct RelabelRule {
  RelabelAction action = RelabelAction::kReplace;
  std::vector<std::string> source_labels;
  std::string separator = ";";
  std::string target_label;
  std::string regex_text = "(.*)";
  std::shared_ptr<const re2::RE2> regex;  // Anchored at both ends, dot matches all. Never null.
  std::string replacement = "$1";
  uint64_t modulus = 0;
};

// User and password, or a token with its type; from the file at each use where a file is named.
struct HttpCredentials {
  std::string username;
  std::string password;
  std::string password_file;
  std::string type = "Bearer";  // Of authorization.
  std::string credentials;
  std::string credentials_file;

  bool HasBasic() const { return !username.empty() || !password.empty() || !password_file.empty(); }
  bool HasAuthorization() const { return !credentials.empty() || !credentials_file.empty(); }
};

struct TargetGroup {
  std::vector<std::string> targets;  // "host:port", never empty.
  std::vector<model::Label> labels;
};

// Files, each empty where the default will do.
struct ScrapeTls {
  std::string ca_file;
  std::string cert_file;
  std::string key_file;
  std::string server_name;
  bool insecure_skip_verify = false;
  bool operator==(const ScrapeTls&) const = default;
};

// Limits: 0 means none.
struct ScrapeConfig {
  std::string job_name;
  int64_t scrape_interval_ms = 60'000;
  int64_t scrape_timeout_ms = 10'000;
  std::string metrics_path = "/metrics";
  std::string scheme = "http";
  std::vector<std::pair<std::string, std::vector<std::string>>> params;
  bool honor_labels = false;
  bool honor_timestamps = true;
  bool track_timestamps_staleness = false;
  bool enable_compression = true;
  bool follow_redirects = true;
  bool extra_scrape_metrics = false;
  HttpCredentials credentials;
  ScrapeTls tls;
  std::vector<std::pair<std::string, std::vector<std::string>>> http_headers;
  // In order of preference; "PrometheusText0.0.4" and so on.
  std::vector<std::string> scrape_protocols;
  std::string fallback_scrape_protocol;  // Empty: an answer of unknown type fails the scrape.
  uint64_t body_size_limit = 0;          // Bytes, after decompression.
  uint64_t sample_limit = 0;
  uint64_t target_limit = 0;
  uint64_t label_limit = 0;
  uint64_t label_name_length_limit = 0;
  uint64_t label_value_length_limit = 0;
  std::vector<TargetGroup> static_configs;
  std::vector<RelabelRule> relabel_configs;
  std::vector<RelabelRule> metric_relabel_configs;
};

struct PrometheusConfig {
  std::vector<model::Label> external_labels;
  std::vector<ScrapeConfig> scrape_configs;
  // "prometheus.yml:12: rule_files: not acted on".
  std::vector<std::string> warnings;
};

// `text` is the file's content, `name` what messages call it. Files that
// `scrape_config_files` patterns name are read too, relative to `name`'s directory.
// INVALID_ARGUMENT: "NAME:LINE: PATH.OF.KEY: what is wrong", both values where there are two.
StatusOr<PrometheusConfig> ParsePrometheusConfig(std::string_view text, const std::string& name);

// NOT_FOUND, PERMISSION_DENIED, UNAVAILABLE: it cannot be read. INVALID_ARGUMENT: as above.
StatusOr<PrometheusConfig> LoadPrometheusConfig(const std::string& path);

}  // namespace glint::config
