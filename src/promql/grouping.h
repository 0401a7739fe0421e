// Parts of a series' labels, by which series are grouped and matched. Thread-safe.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "model/labels.h"
#include "promql/columns.h"

namespace glint::promql {

// Only these labels.
model::Labels KeepLabels(const model::Labels& labels, const std::vector<std::string>& names);
// All but these and the metric's name.
model::Labels DropLabels(const model::Labels& labels, const std::vector<std::string>& names);

// Numbers the distinct label sets it sees, from 0.
class LabelSlots {
 public:
  size_t SlotOf(model::Labels labels);
  const std::vector<model::Labels>& labels() const { return labels_; }

 private:
  std::unordered_map<model::Labels, size_t, model::LabelsHash> slots_;
  std::vector<model::Labels> labels_;
};

}  // namespace glint::promql
