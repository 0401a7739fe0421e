#include "scrape/target.h"

#include <set>

#include "base/duration.h"
#include "base/escape.h"
#include "scrape/relabel.h"

namespace glint::scrape {
namespace {

using model::Label;
using model::Labels;

bool StartsWith(std::string_view text, std::string_view prefix) {
  return text.substr(0, prefix.size()) == prefix;
}

std::string FormEncoded(std::string_view text) {
  static constexpr char kDigits[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '_' || c == '.' || c == '~';
    if (plain) {
      out += c;
    } else {
      out += '%';
      out += kDigits[static_cast<unsigned char>(c) >> 4];
      out += kDigits[static_cast<unsigned char>(c) & 15];
    }
  }
  return out;
}

// Labels that a group sets itself win over those that the job gives to all.
Labels Discovered(const config::ScrapeConfig& config, const config::TargetGroup& group,
                  const std::string& address) {
  std::vector<Label> labels = {
      {"job", config.job_name},
      {"__scheme__", config.scheme},
      {"__metrics_path__", config.metrics_path},
      {"__scrape_interval__", FormatDurationMs(config.scrape_interval_ms)},
      {"__scrape_timeout__", FormatDurationMs(config.scrape_timeout_ms)},
  };
  for (const auto& parameter : config.params) {
    if (!parameter.second.empty()) {
      labels.push_back({"__param_" + parameter.first, parameter.second.front()});
    }
  }
  labels.insert(labels.end(), group.labels.begin(), group.labels.end());
  labels.push_back({"__address__", address});
  return Labels(std::move(labels));
}

// The first value of a parameter is its label's, which rules may have changed; the rest stay.
std::string UrlOf(const config::ScrapeConfig& config, const Labels& labels) {
  std::string query;
  const auto add = [&query](std::string_view name, std::string_view value) {
    query +=
        fmt::format("{}{}={}", query.empty() ? "?" : "&", FormEncoded(name), FormEncoded(value));
  };
  for (const Label& label : labels) {
    if (!StartsWith(label.name, "__param_")) continue;
    const std::string name = label.name.substr(8);
    add(name, label.value);
    for (const auto& parameter : config.params) {
      if (parameter.first != name) continue;
      for (size_t i = 1; i < parameter.second.size(); ++i) add(name, parameter.second[i]);
    }
  }
  std::string path(labels.Get("__metrics_path__"));
  if (path.empty() || path.front() != '/') path.insert(path.begin(), '/');
  return fmt::format("{}://{}{}{}", labels.Get("__scheme__"), labels.Get("__address__"), path,
                     query);
}

StatusOr<Target> MakeTarget(const config::ScrapeConfig& config, Labels discovered,
                            const Labels& labels) {
  Target target;
  target.discovered = std::move(discovered);
  if (labels.Get("__address__").empty()) return InvalidArgument("no address");
  ASSIGN_OR_RETURN(target.interval_ms, ParseDurationMs(labels.Get("__scrape_interval__")));
  ASSIGN_OR_RETURN(target.timeout_ms, ParseDurationMs(labels.Get("__scrape_timeout__")));
  if (target.interval_ms <= 0 || target.timeout_ms <= 0) {
    return InvalidArgument("scrape interval and timeout cannot be 0");
  }
  if (target.timeout_ms > target.interval_ms) {
    return InvalidArgument("scrape timeout {} is greater than scrape interval {}",
                           FormatDurationMs(target.timeout_ms),
                           FormatDurationMs(target.interval_ms));
  }
  target.url = UrlOf(config, labels);
  std::vector<Label> kept;
  for (const Label& label : labels) {
    if (!StartsWith(label.name, "__")) kept.push_back(label);
  }
  target.labels = Labels(std::move(kept));
  if (!target.labels.Has("instance")) {
    target.labels = target.labels.With("instance", labels.Get("__address__"));
  }
  return target;
}

}  // namespace

uint64_t Target::Hash() const { return labels.With("__url__", url).Hash(); }

TargetList MakeTargets(const config::ScrapeConfig& config) {
  TargetList list;
  std::set<uint64_t> seen;
  for (const config::TargetGroup& group : config.static_configs) {
    for (const std::string& address : group.targets) {
      Labels discovered = Discovered(config, group, address);
      const std::optional<Labels> labels = Relabel(config.relabel_configs, discovered);
      if (!labels.has_value()) {
        ++list.dropped;
        continue;
      }
      StatusOr<Target> target = MakeTarget(config, std::move(discovered), *labels);
      if (!target.ok()) {
        list.errors.push_back(fmt::format("job \"{}\": target \"{}\": {}", config.job_name,
                                          Excerpt(address), target.status().message()));
      } else if (seen.insert(target->Hash()).second) {
        list.targets.push_back(*std::move(target));
      }
    }
  }
  return list;
}

}  // namespace glint::scrape
