#include "config/prometheus_config.h"

#include <glob.h>
#include <re2/re2.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>

#include "base/duration.h"
#include "base/escape.h"
#include "config/scrape_config.h"

namespace glint::config {
namespace {

constexpr size_t kMaxFileBytes = 64 << 20;

StatusOr<std::string> ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    const std::string reason = std::strerror(errno);
    if (errno == ENOENT) return NotFound("{}: {}", path, reason);
    return errno == EACCES ? PermissionDenied("{}: {}", path, reason)
                           : Unavailable("{}: {}", path, reason);
  }
  std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  if (file.bad()) return Unavailable("{}: cannot be read", path);
  if (text.size() > kMaxFileBytes) {
    return InvalidArgument("{}: {} bytes, at most {} are read", path, text.size(), kMaxFileBytes);
  }
  return text;
}

GlobalDefaults ReadGlobal(YamlContext& context, YamlMap& top, PrometheusConfig& config) {
  GlobalDefaults out;
  if (!top.Has("global")) {
    top.Accept({"global"});
    return out;
  }
  top.Accept({"global"});
  YamlMap map(context, top.node()["global"], "global");
  map.ReadDurationMs("scrape_interval", out.scrape_interval_ms);
  if (out.scrape_interval_ms == 0) out.scrape_interval_ms = 60'000;
  int64_t timeout_ms = 0;
  map.ReadDurationMs("scrape_timeout", timeout_ms);
  if (timeout_ms > out.scrape_interval_ms) {
    map.Fail("scrape_timeout",
             fmt::format("global scrape timeout greater than scrape interval: "
                         "{} and {}",
                         FormatDurationMs(timeout_ms), FormatDurationMs(out.scrape_interval_ms)));
  }
  out.scrape_timeout_ms =
      timeout_ms != 0 ? timeout_ms : std::min<int64_t>(10'000, out.scrape_interval_ms);
  ReadScrapeProtocols(map, out.scrape_protocols);
  ReadNameScheme(map, out.names);
  map.ReadByteSize("body_size_limit", out.body_size_limit);
  map.Read("sample_limit", out.sample_limit);
  map.Read("target_limit", out.target_limit);
  map.Read("label_limit", out.label_limit);
  map.Read("label_name_length_limit", out.label_name_length_limit);
  map.Read("label_value_length_limit", out.label_value_length_limit);
  map.ReadMap("external_labels", [&](const std::string& name, const YAML::Node& value,
                                     const std::string& path) {
    const bool legacy_breach = out.names == NameScheme::kLegacy && !model::IsLegacyLabelName(name);
    if (name.empty() || legacy_breach) {
      context.Fail(value, path, fmt::format("\"{}\" is not a valid label name", Excerpt(name)));
    }
    config.external_labels.push_back({name, ScalarText(context, value, path)});
  });
  map.NotActedOn({"query_log_file", "scrape_failure_log_file", "rule_query_offset",
                  "scrape_native_histograms", "always_scrape_classic_histograms",
                  "convert_classic_histograms_to_nhcb", "extra_scrape_metrics"});
  map.Accept({"evaluation_interval", "keep_dropped_targets", "metric_name_escaping_scheme"});
  map.Finish();
  return out;
}

class JobNames {
 public:
  void Add(YamlContext& context, const YAML::Node& node, const std::string& path,
           const std::string& job) {
    if (!seen_.insert(job).second) {
      context.Fail(node, path,
                   fmt::format("found multiple scrape configs with job name \"{}\"", job));
    }
  }

 private:
  std::set<std::string> seen_;
};

void ReadJobs(YamlContext& context, YamlMap& map, const GlobalDefaults& defaults, JobNames& names,
              PrometheusConfig& config) {
  map.ReadList("scrape_configs", [&](const YAML::Node& node, const std::string& path) {
    if (!context.status.ok()) return;
    config.scrape_configs.push_back(ReadScrapeConfig(context, node, path, defaults));
    if (context.status.ok()) {
      names.Add(context, node, path, config.scrape_configs.back().job_name);
    }
  });
}

std::vector<std::string> Glob(const std::string& pattern) {
  glob_t found;
  std::vector<std::string> paths;
  if (glob(pattern.c_str(), 0, nullptr, &found) == 0) {
    paths.assign(found.gl_pathv, found.gl_pathv + found.gl_pathc);
  }
  globfree(&found);
  return paths;
}

void ReadIncludedFile(YamlContext& context, const std::string& path, const GlobalDefaults& defaults,
                      JobNames& names, PrometheusConfig& config) {
  YamlContext own{path, Status(), {}};
  StatusOr<std::string> text = ReadFile(path);
  StatusOr<YAML::Node> root =
      text.ok() ? ParseYaml(*text, path) : StatusOr<YAML::Node>(text.status());
  if (!root.ok()) {
    context.status = root.status();
    return;
  }
  YamlMap map(own, *root, "");
  ReadJobs(own, map, defaults, names, config);
  map.Finish();
  context.status = own.status;
  context.warnings.insert(context.warnings.end(), own.warnings.begin(), own.warnings.end());
}

void ReadIncludes(YamlContext& context, YamlMap& top, const GlobalDefaults& defaults,
                  JobNames& names, PrometheusConfig& config) {
  const std::filesystem::path folder = std::filesystem::path(context.file).parent_path();
  top.ReadList("scrape_config_files", [&](const YAML::Node& node, const std::string& path) {
    const std::string pattern = ScalarText(context, node, path);
    // As in Prometheus: a star only in the last part of the path.
    static const re2::RE2 kAllowed(R"([^*]*(\*[^/]*)?)");
    if (!re2::RE2::FullMatch(pattern, kAllowed)) {
      context.Fail(node, path, fmt::format("invalid scrape config file path \"{}\"", pattern));
      return;
    }
    for (const std::string& file : Glob((folder / pattern).string())) {
      if (!context.status.ok()) return;
      ReadIncludedFile(context, file, defaults, names, config);
    }
  });
}

}  // namespace

StatusOr<PrometheusConfig> ParsePrometheusConfig(std::string_view text, const std::string& name) {
  ASSIGN_OR_RETURN(const YAML::Node root, ParseYaml(text, name));
  YamlContext context{name, Status(), {}};
  PrometheusConfig config;
  try {
    YamlMap top(context, root, "");
    JobNames names;
    const GlobalDefaults defaults = ReadGlobal(context, top, config);
    ReadJobs(context, top, defaults, names, config);
    ReadIncludes(context, top, defaults, names, config);
    top.NotActedOn({"rule_files", "alerting", "remote_write", "remote_read", "storage", "tracing",
                    "runtime", "otlp"});
    top.Finish();
  } catch (const YAML::Exception& error) {
    return InvalidArgument("{}:{}: {}", name, error.mark.line + 1, error.msg);
  }
  RETURN_IF_ERROR(context.status);
  config.warnings = std::move(context.warnings);
  return config;
}

StatusOr<PrometheusConfig> LoadPrometheusConfig(const std::string& path) {
  ASSIGN_OR_RETURN(const std::string text, ReadFile(path));
  return ParsePrometheusConfig(text, path);
}

}  // namespace glint::config
