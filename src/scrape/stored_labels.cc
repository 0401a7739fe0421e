#include "scrape/stored_labels.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/escape.h"
#include "scrape/relabel.h"

namespace glint::scrape {
namespace {

using model::Label;
using model::Labels;

Status CheckLimits(const config::ScrapeConfig& config, const Labels& labels) {
  if (labels.metric_name().empty()) {
    return InvalidArgument("missing metric name (__name__ label) in {}", labels.ToString());
  }
  if (config.label_limit > 0 && labels.size() > config.label_limit) {
    return ResourceExhausted("label_limit exceeded: metric {} has {} labels, limit {}",
                             Excerpt(labels.metric_name()), labels.size(), config.label_limit);
  }
  for (const Label& label : labels) {
    if (config.label_name_length_limit > 0 && label.name.size() > config.label_name_length_limit) {
      return ResourceExhausted(
          "label_name_length_limit exceeded: metric {}, label {} is {} long, "
          "limit {}",
          Excerpt(labels.metric_name()), Excerpt(label.name), label.name.size(),
          config.label_name_length_limit);
    }
    if (config.label_value_length_limit > 0 &&
        label.value.size() > config.label_value_length_limit) {
      return ResourceExhausted(
          "label_value_length_limit exceeded: metric {}, label {}, value {} "
          "is {} long, limit {}",
          Excerpt(labels.metric_name()), Excerpt(label.name), Excerpt(label.value),
          label.value.size(), config.label_value_length_limit);
    }
  }
  return OkStatus();
}

}  // namespace

Labels MergeLabels(const Labels& scraped, const Labels& target, bool honor) {
  std::vector<Label> merged;
  std::vector<Label> displaced;
  for (const Label& label : scraped) {
    if (honor || !target.Has(label.name)) {
      merged.push_back(label);
    } else {
      displaced.push_back(label);
    }
  }
  for (const Label& label : target) {
    if (!honor || !scraped.Has(label.name)) merged.push_back(label);
  }
  std::stable_sort(displaced.begin(), displaced.end(),
                   [](const Label& a, const Label& b) { return a.name.size() < b.name.size(); });
  const auto taken = [&](const std::string& name) {
    return std::any_of(merged.begin(), merged.end(),
                       [&](const Label& label) { return label.name == name; });
  };
  for (Label& label : displaced) {
    do {
      label.name.insert(0, "exported_");
    } while (taken(label.name) || scraped.Has(label.name));
    merged.push_back(std::move(label));
  }
  return Labels(std::move(merged));
}

StatusOr<std::optional<Labels>> StoredLabels(const config::ScrapeConfig& config,
                                             const Labels& scraped, const Labels& target) {
  std::optional<Labels> labels =
      Relabel(config.metric_relabel_configs, MergeLabels(scraped, target, config.honor_labels));
  if (labels.has_value()) RETURN_IF_ERROR(CheckLimits(config, *labels));
  return labels;
}

}  // namespace glint::scrape
