// The name and the labels of a series: sorted by name, no empty values, "__name__" among them.
#pragma once

#include <compare>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace glint::model {

inline constexpr std::string_view kMetricName = "__name__";

struct Label {
  std::string name;
  std::string value;
  auto operator<=>(const Label&) const = default;
};

// Ascending in name, names distinct, values not empty (an empty value means: no such label).
// Immutable once made. Thread-compatible.
class Labels {
 public:
  Labels() = default;
  // Sorts, drops empty values; of equal names the last one stays.
  explicit Labels(std::vector<Label> labels);
  Labels(std::initializer_list<Label> labels) : Labels(std::vector<Label>(labels)) {}

  // Empty when there is no such label. Lives as long as this.
  std::string_view Get(std::string_view name) const;
  bool Has(std::string_view name) const { return !Get(name).empty(); }
  std::string_view metric_name() const { return Get(kMetricName); }

  size_t size() const { return labels_.size(); }
  bool empty() const { return labels_.empty(); }
  auto begin() const { return labels_.begin(); }
  auto end() const { return labels_.end(); }

  // A copy with this label set, or taken away when `value` is empty.
  Labels With(std::string_view name, std::string_view value) const;
  Labels Without(std::string_view name) const { return With(name, ""); }

  // XXH3 of names and values with their lengths: equal labels, equal hash, in every run.
  uint64_t Hash() const;

  // {__name__="up", job="x"} is printed as `up{job="x"}`; values are escaped.
  std::string ToString() const;

  // By name, then value, label for label; a prefix comes first. The order of query results.
  auto operator<=>(const Labels&) const = default;

 private:
  std::vector<Label> labels_;
};

struct LabelsHash {
  size_t operator()(const Labels& labels) const { return labels.Hash(); }
};

// Whether `name` is [a-zA-Z_][a-zA-Z0-9_]*, the form that needs no quotes.
bool IsLegacyLabelName(std::string_view name);
// The same with ':' allowed.
bool IsLegacyMetricName(std::string_view name);

}  // namespace glint::model
