#include "promql/grouping.h"

#include <algorithm>

namespace glint::promql {
namespace {

bool IsAmong(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

model::Labels KeepLabels(const model::Labels& labels, const std::vector<std::string>& names) {
  std::vector<model::Label> kept;
  for (const model::Label& label : labels) {
    if (IsAmong(names, label.name)) kept.push_back(label);
  }
  return model::Labels(std::move(kept));
}

model::Labels DropLabels(const model::Labels& labels, const std::vector<std::string>& names) {
  std::vector<model::Label> kept;
  for (const model::Label& label : labels) {
    if (label.name != model::kMetricName && !IsAmong(names, label.name)) kept.push_back(label);
  }
  return model::Labels(std::move(kept));
}

size_t LabelSlots::SlotOf(model::Labels labels) {
  const auto [found, added] = slots_.try_emplace(labels, labels_.size());
  if (added) labels_.push_back(std::move(labels));
  return found->second;
}

}  // namespace glint::promql
