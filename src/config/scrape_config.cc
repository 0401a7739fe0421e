#include "config/scrape_config.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/duration.h"
#include "base/escape.h"

namespace glint::config {
namespace {

constexpr std::string_view kProtocols[] = {"PrometheusProto", "OpenMetricsText0.0.1",
                                           "OpenMetricsText1.0.0", "PrometheusText0.0.4",
                                           "PrometheusText1.0.0"};

bool IsProtocol(std::string_view text) {
  return std::find(std::begin(kProtocols), std::end(kProtocols), text) != std::end(kProtocols);
}

TargetGroup ReadTargetGroup(YamlContext& context, const YAML::Node& node, const std::string& path) {
  TargetGroup group;
  if (!node.IsDefined() || node.IsNull()) {
    context.Fail(node, path, "empty or null section in static_configs");
    return group;
  }
  YamlMap fields(context, node, path);
  fields.ReadList("targets", [&](const YAML::Node& item, const std::string& item_path) {
    std::string target = ScalarText(context, item, item_path);
    if (target.find("://") != std::string::npos || target.find('/') != std::string::npos) {
      context.Fail(item, item_path,
                   fmt::format("\"{}\" is not a valid hostname: expected host:port without scheme "
                               "and path",
                               Excerpt(target)));
    }
    if (target.empty()) context.Fail(item, item_path, "empty target");
    group.targets.push_back(std::move(target));
  });
  fields.ReadMap("labels", [&](const std::string& name, const YAML::Node& value,
                               const std::string& value_path) {
    if (name.empty()) context.Fail(value, value_path, "\"\" is not a valid label name");
    group.labels.push_back({name, ScalarText(context, value, value_path)});
  });
  fields.Finish();
  return group;
}

void ReadCredentials(YamlContext& context, YamlMap& map, HttpCredentials& out) {
  int ways = 0;
  const auto section = [&](const char* key, const auto& read) {
    if (!map.Has(key)) {
      map.Accept({key});
      return;
    }
    ++ways;
    map.Accept({key});
    YamlMap fields(context, map.node()[key], map.path() + "." + key);
    read(fields);
    fields.Finish();
  };
  section("basic_auth", [&](YamlMap& fields) {
    fields.Read("username", out.username);
    fields.Read("password", out.password);
    fields.Read("password_file", out.password_file);
    fields.NotActedOn({"username_file"});
    if (!out.password.empty() && !out.password_file.empty()) {
      fields.Fail("password_file",
                  "at most one of basic_auth password & password_file must be configured");
    }
  });
  section("authorization", [&](YamlMap& fields) {
    fields.Read("type", out.type);
    fields.Read("credentials", out.credentials);
    fields.Read("credentials_file", out.credentials_file);
    if (!out.credentials.empty() && !out.credentials_file.empty()) {
      fields.Fail("credentials_file",
                  "at most one of authorization credentials & credentials_file must be configured");
    }
    if (out.type == "Basic" || out.type == "basic") {
      fields.Fail("type",
                  "authorization type cannot be set to \"basic\", use \"basic_auth\" instead");
    }
  });
  // The older spelling of authorization.
  std::string token, token_file;
  map.Read("bearer_token", token);
  map.Read("bearer_token_file", token_file);
  if (!token.empty() && !token_file.empty()) {
    map.Fail("bearer_token_file",
             "at most one of bearer_token & bearer_token_file must be configured");
  }
  if (!token.empty() || !token_file.empty()) {
    ++ways;
    out.credentials = token;
    out.credentials_file = token_file;
  }
  if (map.Has("oauth2")) ++ways;
  map.NotActedOn({"oauth2"}, "not acted on: targets are asked without it");
  if (ways > 1) {
    map.Fail("basic_auth",
             "at most one of basic_auth, oauth2, bearer_token & authorization must be configured");
  }
}

void ReadHeaders(YamlContext& context, YamlMap& map, ScrapeConfig& out) {
  map.ReadMap("http_headers",
              [&](const std::string& name, const YAML::Node& node, const std::string& path) {
                YamlMap fields(context, node, path);
                std::vector<std::string> values;
                fields.Read("values", values);
                fields.NotActedOn({"secrets", "files"});
                fields.Finish();
                out.http_headers.emplace_back(name, std::move(values));
              });
}

// Ways of finding targets that Prometheus has and glint has not.
constexpr std::initializer_list<const char*> kDiscoveries = {
    "azure_sd_configs",     "consul_sd_configs",     "digitalocean_sd_configs",
    "dns_sd_configs",       "docker_sd_configs",     "dockerswarm_sd_configs",
    "ec2_sd_configs",       "eureka_sd_configs",     "file_sd_configs",
    "gce_sd_configs",       "hetzner_sd_configs",    "http_sd_configs",
    "ionos_sd_configs",     "kubernetes_sd_configs", "kuma_sd_configs",
    "lightsail_sd_configs", "linode_sd_configs",     "marathon_sd_configs",
    "nerve_sd_configs",     "nomad_sd_configs",      "openstack_sd_configs",
    "ovhcloud_sd_configs",  "puppetdb_sd_configs",   "scaleway_sd_configs",
    "serverset_sd_configs", "stackit_sd_configs",    "triton_sd_configs",
    "uyuni_sd_configs",     "vultr_sd_configs",      "aws_sd_configs"};

void ReadTimes(YamlMap& map, const GlobalDefaults& defaults, ScrapeConfig& out) {
  out.scrape_interval_ms = defaults.scrape_interval_ms;
  map.ReadDurationMs("scrape_interval", out.scrape_interval_ms);
  if (out.scrape_interval_ms == 0) out.scrape_interval_ms = defaults.scrape_interval_ms;
  int64_t timeout_ms = 0;
  map.ReadDurationMs("scrape_timeout", timeout_ms);
  if (timeout_ms > out.scrape_interval_ms) {
    map.Fail("scrape_timeout",
             fmt::format("scrape timeout greater than scrape interval for scrape config with job "
                         "name \"{}\": {} and {}",
                         out.job_name, FormatDurationMs(timeout_ms),
                         FormatDurationMs(out.scrape_interval_ms)));
  }
  out.scrape_timeout_ms =
      timeout_ms != 0 ? timeout_ms : std::min(defaults.scrape_timeout_ms, out.scrape_interval_ms);
}

void ReadLimits(YamlMap& map, const GlobalDefaults& defaults, ScrapeConfig& out) {
  out.body_size_limit = defaults.body_size_limit;
  out.sample_limit = defaults.sample_limit;
  out.target_limit = defaults.target_limit;
  out.label_limit = defaults.label_limit;
  out.label_name_length_limit = defaults.label_name_length_limit;
  out.label_value_length_limit = defaults.label_value_length_limit;
  map.ReadByteSize("body_size_limit", out.body_size_limit);
  map.Read("sample_limit", out.sample_limit);
  map.Read("target_limit", out.target_limit);
  map.Read("label_limit", out.label_limit);
  map.Read("label_name_length_limit", out.label_name_length_limit);
  map.Read("label_value_length_limit", out.label_value_length_limit);
}

}  // namespace

void ReadScrapeProtocols(YamlMap& map, std::vector<std::string>& out) {
  map.Read("scrape_protocols", out);
  std::set<std::string> seen;
  for (const std::string& protocol : out) {
    if (!IsProtocol(protocol)) {
      map.Fail("scrape_protocols", fmt::format("unknown scrape protocol {}, supported: {}",
                                               Excerpt(protocol), fmt::join(kProtocols, ", ")));
    }
    if (!seen.insert(protocol).second) {
      map.Fail("scrape_protocols", fmt::format("duplicated protocol {}", protocol));
    }
  }
  if (map.Has("scrape_protocols") && out.empty()) {
    map.Fail("scrape_protocols", "cannot be empty");
  }
}

void ReadNameScheme(YamlMap& map, NameScheme& out) {
  std::string scheme;
  map.Read("metric_name_validation_scheme", scheme);
  if (scheme.empty()) return;
  if (scheme != "utf8" && scheme != "legacy") {
    map.Fail("metric_name_validation_scheme",
             fmt::format("expected utf8 or legacy, found \"{}\"", Excerpt(scheme)));
  }
  out = scheme == "legacy" ? NameScheme::kLegacy : NameScheme::kUtf8;
}

ScrapeConfig ReadScrapeConfig(YamlContext& context, const YAML::Node& node, const std::string& path,
                              const GlobalDefaults& defaults) {
  ScrapeConfig out;
  if (!node.IsDefined() || node.IsNull()) {
    context.Fail(node, path, "empty or null scrape config section");
    return out;
  }
  YamlMap map(context, node, path);
  map.Read("job_name", out.job_name);
  if (out.job_name.empty()) map.Fail("job_name", "job_name is empty");
  ReadTimes(map, defaults, out);
  map.Read("metrics_path", out.metrics_path);
  map.Read("scheme", out.scheme);
  if (out.scheme != "http" && out.scheme != "https") {
    map.Fail("scheme", fmt::format("expected http or https, found \"{}\"", Excerpt(out.scheme)));
  }
  map.ReadMap("params", [&](const std::string& name, const YAML::Node& values,
                            const std::string& values_path) {
    std::vector<std::string> texts;
    if (!values.IsSequence()) context.Fail(values, values_path, "expected a list");
    for (size_t i = 0; values.IsSequence() && i < values.size(); ++i) {
      texts.push_back(ScalarText(context, values[i], fmt::format("{}[{}]", values_path, i)));
    }
    out.params.emplace_back(name, std::move(texts));
  });
  map.Read("honor_labels", out.honor_labels);
  map.Read("honor_timestamps", out.honor_timestamps);
  map.Read("track_timestamps_staleness", out.track_timestamps_staleness);
  map.Read("enable_compression", out.enable_compression);
  map.Read("follow_redirects", out.follow_redirects);
  ReadCredentials(context, map, out.credentials);
  ReadHeaders(context, map, out);
  out.scrape_protocols = defaults.scrape_protocols;
  ReadScrapeProtocols(map, out.scrape_protocols);
  map.Read("fallback_scrape_protocol", out.fallback_scrape_protocol);
  if (!out.fallback_scrape_protocol.empty() && !IsProtocol(out.fallback_scrape_protocol)) {
    map.Fail("fallback_scrape_protocol",
             fmt::format("unknown scrape protocol {}", Excerpt(out.fallback_scrape_protocol)));
  }
  ReadLimits(map, defaults, out);
  NameScheme names = defaults.names;
  ReadNameScheme(map, names);
  map.ReadList("static_configs", [&](const YAML::Node& item, const std::string& item_path) {
    out.static_configs.push_back(ReadTargetGroup(context, item, item_path));
  });
  out.relabel_configs = ReadRelabelRules(context, map, "relabel_configs", names);
  out.metric_relabel_configs = ReadRelabelRules(context, map, "metric_relabel_configs", names);
  map.NotActedOn(kDiscoveries, "not acted on: targets that it would find are not scraped");
  map.NotActedOn(
      {"tls_config", "proxy_url", "no_proxy", "proxy_from_environment", "proxy_connect_header"});
  map.NotActedOn({"always_scrape_classic_histograms", "scrape_classic_histograms",
                  "scrape_native_histograms", "convert_classic_histograms_to_nhcb",
                  "native_histogram_bucket_limit", "native_histogram_min_bucket_factor",
                  "extra_scrape_metrics"});
  // What they ask for is what happens here anyway, or cannot be seen in the result.
  map.Accept({"enable_http2", "keep_dropped_targets", "metric_name_escaping_scheme",
              "scrape_failure_log_file"});
  map.Finish();
  return out;
}

}  // namespace glint::config
