#include "config/prometheus_config.h"

#include <glob.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <set>
#include <sstream>

#include "base/escape.h"
#include "config/scrape_config_section.h"
#include "config/yaml_file.h"

namespace glint::config {
namespace {

StatusOr<std::string> ReadWholeFile(const std::string& path) {
  errno = 0;
  std::ifstream stream(path, std::ios::binary);
  std::ostringstream text;
  // A directory opens and then cannot be read.
  if (!stream || !(text << stream.rdbuf())) {
    if (stream && stream.peek() == std::ifstream::traits_type::eof()) return std::string();
    return NotFound("{}: cannot be read: {}", path,
                    errno != 0 ? std::strerror(errno) : "it is no file");
  }
  return text.str();
}

std::string DirectoryOf(const std::string& path) {
  const size_t slash = path.rfind('/');
  return slash == std::string::npos ? "." : path.substr(0, slash);
}

void ReadGlobal(YamlMap& top, PrometheusConfig& config, ScrapeDefaults& defaults, bool has_rules) {
  YamlMap global = top.Map("global");
  int64_t interval_ms = 0;
  int64_t timeout_ms = 0;
  global.ReadDuration("scrape_interval", interval_ms);
  global.ReadDuration("scrape_timeout", timeout_ms);
  if (interval_ms != 0) defaults.interval_ms = interval_ms;
  if (timeout_ms > defaults.interval_ms) {
    global.Fail("scrape_timeout", "global scrape timeout greater than scrape interval");
  }
  defaults.timeout_ms =
      timeout_ms != 0 ? timeout_ms : std::min(defaults.timeout_ms, defaults.interval_ms);
  ReadScrapeLimits(global, defaults.limits);
  ReadScrapeProtocols(global, defaults.scrape_protocols);
  ReadNameScheme(global, defaults.utf8_names);
  global.Read("extra_scrape_metrics", defaults.extra_scrape_metrics);
  config.external_labels = ReadLabels(global, "external_labels");
  int64_t evaluation_ms = 0;
  global.ReadDuration("evaluation_interval", evaluation_ms);
  if (evaluation_ms != 0 && has_rules)
    global.Warn("evaluation_interval", "not acted on: rules are not evaluated yet");
  for (const std::string_view key : {"scrape_native_histograms", "always_scrape_classic_histograms",
                                     "convert_classic_histograms_to_nhcb"}) {
    bool enabled = false;
    global.Read(key, enabled);
    if (enabled) global.Warn(key, "not acted on: histograms are stored as scraped in text");
  }
  global.NotActedOn("rule_query_offset", "no rules are evaluated");
  global.NotActedOn("query_log_file", "queries are not logged to a file");
  global.NotActedOn("scrape_failure_log_file", "failures are on the targets page and in the log");
  global.NotActedOn("keep_dropped_targets", "dropped targets are only counted");
  global.NotActedOn("metric_name_escaping_scheme", "names are asked for and stored as UTF-8");
  global.End();
}

// Checked as Prometheus does, so that one file serves both; none of it changes what we store.
void CheckOtlp(YamlMap& top, bool legacy_names) {
  if (!top.Has("otlp")) return;
  YamlMap otlp = top.Map("otlp");
  std::string strategy;
  otlp.Read("translation_strategy", strategy);
  const std::set<std::string> keeps_utf8 = {"NoUTF8EscapingWithSuffixes", "NoTranslation"};
  const std::set<std::string> escapes = {"", "UnderscoreEscapingWithSuffixes",
                                         "UnderscoreEscapingWithoutSuffixes"};
  if (keeps_utf8.count(strategy) + escapes.count(strategy) == 0) {
    otlp.Fail("translation_strategy",
              fmt::format("unsupported OTLP translation strategy \"{}\"", Excerpt(strategy)));
  } else if (legacy_names && keeps_utf8.count(strategy) > 0) {
    otlp.Fail(
        "translation_strategy",
        fmt::format("{} is not allowed when metric_name_validation_scheme is legacy", strategy));
  }
  bool promote_all = false;
  otlp.Read("promote_all_resource_attributes", promote_all);
  const auto read_attributes = [&otlp](std::string_view key) {
    std::vector<std::string> attributes;
    otlp.Read(key, attributes);
    std::set<std::string> seen;
    for (std::string& attribute : attributes) {
      const size_t first = attribute.find_first_not_of(" \t");
      const size_t last = attribute.find_last_not_of(" \t");
      if (first == std::string::npos) {
        otlp.Fail(key, "empty OTel resource attribute");
      } else if (!seen.insert(attribute.substr(first, last - first + 1)).second) {
        otlp.Fail(key, fmt::format("duplicated OTel resource attribute \"{}\"", attribute));
      }
    }
    return !attributes.empty();
  };
  const bool promoted = read_attributes("promote_resource_attributes");
  const bool ignored = read_attributes("ignore_resource_attributes");
  if (promote_all && promoted) {
    otlp.Fail("promote_resource_attributes",
              "'promote_all_resource_attributes' and 'promote_resource_attributes' cannot be "
              "configured simultaneously");
  }
  if (!promote_all && ignored) {
    otlp.Fail("ignore_resource_attributes",
              "'ignore_resource_attributes' needs 'promote_all_resource_attributes'");
  }
  for (const std::string_view key :
       {"keep_identifying_resource_attributes", "convert_histograms_to_nhcb",
        "promote_scope_metadata", "label_name_underscore_sanitization",
        "label_name_preserve_multiple_underscores"}) {
    bool read = false;
    otlp.Read(key, read);
  }
  otlp.End();
  top.Warn("otlp", "not acted on: OTLP metrics are named as by default");
}

void AddJobs(YamlMap& top, const ScrapeDefaults& defaults, const std::string& directory,
             PrometheusConfig& config) {
  for (YamlMap& map : top.Maps("scrape_configs")) {
    ScrapeConfig job = ReadScrapeConfig(map, defaults, directory);
    for (const ScrapeConfig& other : config.scrape_configs) {
      if (other.job_name == job.job_name && !job.job_name.empty()) {
        map.Fail("job_name",
                 fmt::format("found multiple scrape configs with job name \"{}\"", job.job_name));
      }
    }
    config.scrape_configs.push_back(std::move(job));
  }
}

std::vector<std::string> FilesMatching(const std::string& pattern) {
  glob_t found{};
  std::vector<std::string> files;
  if (::glob(pattern.c_str(), 0, nullptr, &found) == 0) {
    files.assign(found.gl_pathv, found.gl_pathv + found.gl_pathc);
  }
  ::globfree(&found);
  return files;
}

// A "*" may stand in the last part of a path only, as in Prometheus.
bool IsFilePattern(const std::string& pattern) {
  const size_t star = pattern.find('*');
  return star == std::string::npos || (pattern.find('/', star) == std::string::npos &&
                                       pattern.find('*', star + 1) == std::string::npos);
}

Status AddFiles(YamlMap& top, const ScrapeDefaults& defaults, const std::string& directory,
                PrometheusConfig& config) {
  std::vector<std::string> patterns;
  top.Read("scrape_config_files", patterns);
  for (const std::string& pattern : patterns) {
    if (!IsFilePattern(pattern)) {
      top.Fail("scrape_config_files",
               fmt::format("invalid scrape config file path '{}'", Excerpt(pattern)));
      return OkStatus();
    }
    for (const std::string& path : FilesMatching(PathFrom(directory, pattern))) {
      ASSIGN_OR_RETURN(const std::string text, ReadWholeFile(path));
      YamlFile file(path, text);
      YamlMap map = file.Top();
      AddJobs(map, defaults, DirectoryOf(path), config);
      map.End();
      RETURN_IF_ERROR(file.status());
      config.warnings.insert(config.warnings.end(), file.warnings().begin(), file.warnings().end());
    }
  }
  return OkStatus();
}

}  // namespace

StatusOr<PrometheusConfig> ParsePrometheusConfig(std::string_view text, const std::string& name) {
  PrometheusConfig config;
  ScrapeDefaults defaults;
  YamlFile file(name, text);
  YamlMap top = file.Top();
  const bool has_rules = top.Has("rule_files");
  ReadGlobal(top, config, defaults, has_rules);
  CheckOtlp(top, /*legacy_names=*/!defaults.utf8_names);
  AddJobs(top, defaults, DirectoryOf(name), config);
  RETURN_IF_ERROR(file.status());
  RETURN_IF_ERROR(AddFiles(top, defaults, DirectoryOf(name), config));
  top.NotActedOn("rule_files", "rules are not evaluated yet");
  top.NotActedOn("alerting", "alerts are not sent yet");
  top.NotActedOn("remote_write", "nothing is sent to other stores yet");
  top.NotActedOn("remote_read", "nothing is read from other stores");
  top.NotActedOn("storage", "the store is set up by flags");
  top.NotActedOn("tracing", "our own spans are not sent elsewhere");
  top.NotActedOn("runtime", "it sets up Go's garbage collector");
  top.End();
  RETURN_IF_ERROR(file.status());
  config.warnings.insert(config.warnings.begin(), file.warnings().begin(), file.warnings().end());
  return config;
}

StatusOr<PrometheusConfig> LoadPrometheusConfig(const std::string& path) {
  ASSIGN_OR_RETURN(const std::string text, ReadWholeFile(path));
  return ParsePrometheusConfig(text, path);
}

}  // namespace glint::config
