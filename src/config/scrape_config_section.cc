#include "config/scrape_config_section.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/escape.h"
#include "base/utf8.h"
#include "config/relabel_rule.h"
#include "config/yaml_file.h"

namespace glint::config {
namespace {

constexpr std::string_view kProtocols[] = {"PrometheusProto", "OpenMetricsText0.0.1",
                                           "OpenMetricsText1.0.0", "PrometheusText0.0.4",
                                           "PrometheusText1.0.0"};

// Discovery that Prometheus has and we have not: a job goes on with its other targets.
constexpr std::string_view kOtherDiscovery[] = {
    "aws_sd_configs",          "azure_sd_configs",     "consul_sd_configs",
    "digitalocean_sd_configs", "dns_sd_configs",       "docker_sd_configs",
    "dockerswarm_sd_configs",  "ec2_sd_configs",       "eureka_sd_configs",
    "file_sd_configs",         "gce_sd_configs",       "hetzner_sd_configs",
    "http_sd_configs",         "ionos_sd_configs",     "kubernetes_sd_configs",
    "kuma_sd_configs",         "lightsail_sd_configs", "linode_sd_configs",
    "marathon_sd_configs",     "nerve_sd_configs",     "nomad_sd_configs",
    "openstack_sd_configs",    "ovhcloud_sd_configs",  "puppetdb_sd_configs",
    "scaleway_sd_configs",     "serverset_sd_configs", "stackit_sd_configs",
    "triton_sd_configs",       "uyuni_sd_configs",     "vultr_sd_configs"};

bool IsProtocol(std::string_view name) {
  return std::find(std::begin(kProtocols), std::end(kProtocols), name) != std::end(kProtocols);
}

void ReadCredentials(YamlMap& map, const std::string& directory, HttpCredentials& credentials) {
  const bool basic = map.Has("basic_auth");
  const bool header = map.Has("authorization");
  const bool bearer = map.Has("bearer_token") || map.Has("bearer_token_file");
  const auto one_of = [](YamlMap& where, std::string_view a, std::string_view b) {
    if (where.Has(a) && where.Has(b)) {
      where.Fail(b, fmt::format("at most one of {} & {} must be configured", a, b));
    }
  };
  one_of(map, "bearer_token", "bearer_token_file");
  if (basic + header + bearer + map.Has("oauth2") > 1) {
    map.Fail("",
             "at most one of basic_auth, authorization, oauth2, bearer_token & bearer_token_file "
             "must be configured");
  }
  if (basic) {
    YamlMap body = map.Map("basic_auth");
    body.Read("username", credentials.username);
    body.Read("password", credentials.password);
    body.Read("password_file", credentials.password_file);
    if (body.Has("username_file")) body.Fail("username_file", "not supported: use username");
    one_of(body, "password", "password_file");
    body.End();
  } else if (header) {
    YamlMap body = map.Map("authorization");
    body.Read("type", credentials.type);
    body.Read("credentials", credentials.credentials);
    body.Read("credentials_file", credentials.credentials_file);
    one_of(body, "credentials", "credentials_file");
    if (credentials.type == "Basic" || credentials.type == "basic") {
      body.Fail("type",
                "authorization type cannot be set to \"basic\", use \"basic_auth\" instead");
    }
    body.End();
  }
  map.Read("bearer_token", credentials.credentials);
  map.Read("bearer_token_file", credentials.credentials_file);
  credentials.password_file = PathFrom(directory, credentials.password_file);
  credentials.credentials_file = PathFrom(directory, credentials.credentials_file);
  if (map.Has("oauth2")) map.Fail("oauth2", "not supported");
}

void ReadTls(YamlMap& map, const std::string& directory, ScrapeTls& tls) {
  YamlMap body = map.Map("tls_config");
  body.Read("ca_file", tls.ca_file);
  body.Read("cert_file", tls.cert_file);
  body.Read("key_file", tls.key_file);
  body.Read("server_name", tls.server_name);
  body.Read("insecure_skip_verify", tls.insecure_skip_verify);
  for (const std::string_view key : {"ca", "cert", "key", "min_version", "max_version"}) {
    if (body.Has(key)) body.Fail(key, "not supported: use files, and the versions of OpenSSL");
  }
  body.End();
  tls.ca_file = PathFrom(directory, tls.ca_file);
  tls.cert_file = PathFrom(directory, tls.cert_file);
  tls.key_file = PathFrom(directory, tls.key_file);
}

void ReadHeaders(YamlMap& map, ScrapeConfig& job) {
  YamlMap body = map.Map("http_headers");
  for (const std::string& name : body.Keys()) {
    YamlMap header = body.Map(name);
    std::vector<std::string> values;
    header.Read("values", values);
    job.http_headers.emplace_back(name, std::move(values));
    for (const std::string_view key : {"secrets", "files"}) {
      if (header.Has(key)) header.Fail(key, "not supported: use values");
    }
    header.End();
  }
}

void ReadTargets(YamlMap& map, ScrapeConfig& job) {
  for (YamlMap& group_map : map.Maps("static_configs")) {
    TargetGroup& group = job.static_configs.emplace_back();
    group_map.Read("targets", group.targets);
    for (const std::string& target : group.targets) {
      if (target.find('/') != std::string::npos) {
        group_map.Fail("targets", fmt::format("\"{}\" is not a valid hostname", Excerpt(target)));
      }
    }
    group.labels = ReadLabels(group_map, "labels");
    group_map.End();
  }
  for (const std::string_view key : kOtherDiscovery) {
    if (!map.Has(key)) continue;
    map.NotActedOn(key, fmt::format("this discovery is not supported; job \"{}\" scrapes only its "
                                    "static_configs, {} of them",
                                    job.job_name, job.static_configs.size()));
  }
}

void ReadTimes(YamlMap& map, const ScrapeDefaults& defaults, ScrapeConfig& job) {
  int64_t interval_ms = 0;
  int64_t timeout_ms = 0;
  map.ReadDuration("scrape_interval", interval_ms);
  map.ReadDuration("scrape_timeout", timeout_ms);
  job.scrape_interval_ms = interval_ms != 0 ? interval_ms : defaults.interval_ms;
  job.scrape_timeout_ms =
      timeout_ms != 0 ? timeout_ms : std::min(defaults.timeout_ms, job.scrape_interval_ms);
  if (job.scrape_timeout_ms > job.scrape_interval_ms) {
    map.Fail("scrape_timeout", fmt::format("scrape timeout greater than scrape interval for scrape "
                                           "config with job name \"{}\"",
                                           job.job_name));
  }
}

void ReadNotActedOn(YamlMap& map) {
  for (const std::string_view key :
       {"proxy_url", "proxy_connect_header", "proxy_from_environment", "no_proxy"}) {
    if (map.Has(key)) map.NotActedOn(key, "scrapes go straight to their targets");
  }
  bool enabled = false;
  for (const std::string_view key : {"scrape_native_histograms", "scrape_classic_histograms",
                                     "always_scrape_classic_histograms"}) {
    enabled = false;
    map.Read(key, enabled);
    if (enabled) map.Warn(key, "not acted on: native histograms need the protobuf format");
  }
  enabled = false;
  map.Read("convert_classic_histograms_to_nhcb", enabled);
  if (enabled) map.Warn("convert_classic_histograms_to_nhcb", "not acted on: stored as scraped");
  for (const std::string_view key :
       {"native_histogram_bucket_limit", "native_histogram_min_bucket_factor"}) {
    map.NotActedOn(key, "native histograms need the protobuf format");
  }
  map.NotActedOn("keep_dropped_targets", "dropped targets are only counted");
  map.NotActedOn("metric_name_escaping_scheme", "names are asked for and stored as UTF-8");
  bool http2 = true;
  map.Read("enable_http2", http2);  // What we speak is the other choice, HTTP/1.1.
}

}  // namespace

std::vector<model::Label> ReadLabels(YamlMap& map, std::string_view key) {
  std::vector<model::Label> labels;
  for (auto& [name, value] : map.Strings(key)) {
    if (name.empty() || !IsValidUtf8(name)) {
      map.Fail(key, fmt::format("\"{}\" is not a valid label name", Excerpt(name)));
    } else if (!IsValidUtf8(value)) {
      map.Fail(key, fmt::format("the value of {} is not a valid label value: not UTF-8", name));
    }
    labels.push_back({std::move(name), std::move(value)});
  }
  return labels;
}

std::string PathFrom(const std::string& directory, const std::string& path) {
  if (path.empty() || path.front() == '/' || directory.empty()) return path;
  return fmt::format("{}/{}", directory, path);
}

void ReadScrapeProtocols(YamlMap& map, std::vector<std::string>& protocols) {
  std::vector<std::string> read;
  map.Read("scrape_protocols", read);
  if (read.empty()) {
    if (map.Has("scrape_protocols")) {
      map.Fail("scrape_protocols",
               "scrape_protocols cannot be empty, as it would disable scraping");
    }
    return;
  }
  for (size_t i = 0; i < read.size(); ++i) {
    if (!IsProtocol(read[i])) {
      map.Fail("scrape_protocols", fmt::format("unknown scrape protocol \"{}\", supported: {}",
                                               Excerpt(read[i]), fmt::join(kProtocols, ", ")));
    }
    if (std::find(read.begin(), read.begin() + i, read[i]) != read.begin() + i) {
      map.Fail("scrape_protocols",
               fmt::format("duplicated protocol in scrape_protocols, got \"{}\"", read[i]));
    }
  }
  if (std::erase(read, "PrometheusProto") > 0) {
    map.Warn("scrape_protocols", "PrometheusProto is not asked for: targets answer in text");
  }
  if (!read.empty()) protocols = std::move(read);
}

void ReadNameScheme(YamlMap& map, bool& utf8_names) {
  std::string scheme = utf8_names ? "utf8" : "legacy";
  map.Read("metric_name_validation_scheme", scheme);
  if (scheme != "utf8" && scheme != "legacy") {
    map.Fail("metric_name_validation_scheme",
             fmt::format("unknown metric name validation scheme \"{}\", either 'legacy' or 'utf8'",
                         Excerpt(scheme)));
  }
  utf8_names = scheme != "legacy";
}

void ReadScrapeLimits(YamlMap& map, ScrapeLimits& limits) {
  map.ReadSize("body_size_limit", limits.body_size);
  map.Read("sample_limit", limits.samples);
  map.Read("target_limit", limits.targets);
  map.Read("label_limit", limits.labels);
  map.Read("label_name_length_limit", limits.label_name_length);
  map.Read("label_value_length_limit", limits.label_value_length);
}

ScrapeConfig ReadScrapeConfig(YamlMap& map, const ScrapeDefaults& defaults,
                              const std::string& directory) {
  ScrapeConfig job;
  map.Read("job_name", job.job_name);
  if (job.job_name.empty()) map.Fail("", "job_name is empty");
  ReadTimes(map, defaults, job);
  map.Read("metrics_path", job.metrics_path);
  map.Read("scheme", job.scheme);
  if (job.scheme != "http" && job.scheme != "https") {
    map.Fail("scheme", fmt::format("\"{}\" is neither http nor https", Excerpt(job.scheme)));
  }
  job.params = map.StringLists("params");
  map.Read("honor_labels", job.honor_labels);
  map.Read("honor_timestamps", job.honor_timestamps);
  map.Read("track_timestamps_staleness", job.track_timestamps_staleness);
  map.Read("enable_compression", job.enable_compression);
  map.Read("follow_redirects", job.follow_redirects);
  job.extra_scrape_metrics = defaults.extra_scrape_metrics;
  map.Read("extra_scrape_metrics", job.extra_scrape_metrics);
  ReadCredentials(map, directory, job.credentials);
  ReadTls(map, directory, job.tls);
  ReadHeaders(map, job);
  ScrapeLimits limits = defaults.limits;
  ReadScrapeLimits(map, limits);
  job.body_size_limit = limits.body_size;
  job.sample_limit = limits.samples;
  job.target_limit = limits.targets;
  job.label_limit = limits.labels;
  job.label_name_length_limit = limits.label_name_length;
  job.label_value_length_limit = limits.label_value_length;
  job.scrape_protocols = defaults.scrape_protocols;
  ReadScrapeProtocols(map, job.scrape_protocols);
  map.Read("fallback_scrape_protocol", job.fallback_scrape_protocol);
  if (!job.fallback_scrape_protocol.empty() && !IsProtocol(job.fallback_scrape_protocol)) {
    map.Fail("fallback_scrape_protocol",
             fmt::format("unknown scrape protocol \"{}\"", Excerpt(job.fallback_scrape_protocol)));
  }
  bool utf8_names = defaults.utf8_names;
  ReadNameScheme(map, utf8_names);
  for (YamlMap& rule : map.Maps("relabel_configs")) {
    job.relabel_configs.push_back(ReadRelabelRule(rule, utf8_names));
  }
  for (YamlMap& rule : map.Maps("metric_relabel_configs")) {
    job.metric_relabel_configs.push_back(ReadRelabelRule(rule, utf8_names));
  }
  ReadTargets(map, job);
  ReadNotActedOn(map);
  map.End();
  return job;
}

}  // namespace glint::config
