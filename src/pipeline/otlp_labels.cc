#include "pipeline/otlp_labels.h"

#include <algorithm>
#include <map>

#include "base/utf8.h"
#include "wire/otlp_names.h"

namespace glint::pipeline {
namespace {

constexpr std::string_view kServiceName = "service.name";
constexpr std::string_view kServiceNamespace = "service.namespace";
constexpr std::string_view kServiceInstance = "service.instance.id";

std::string TextOf(const model::Attributes& attributes, std::string_view key) {
  const model::AttributeValue* value = model::FindAttribute(attributes, key);
  return value == nullptr ? std::string() : model::AttributeText(*value);
}

std::string MendUtf8(std::string text) {
  if (IsValidUtf8(text)) return text;
  std::string out;
  for (size_t i = 0; i < text.size();) {
    const size_t length = Utf8CharLength(std::string_view(text).substr(i));
    if (length == 0) {
      out += "\xef\xbf\xbd";
      ++i;
    } else {
      out.append(text, i, length);
      i += length;
    }
  }
  return out;
}

}  // namespace

std::vector<model::Label> IdentityLabels(const model::Resource& resource) {
  std::vector<model::Label> labels;
  std::string job = TextOf(resource.attributes, kServiceName);
  const std::string space = TextOf(resource.attributes, kServiceNamespace);
  if (!job.empty() && !space.empty()) job = space + "/" + job;
  std::string instance = TextOf(resource.attributes, kServiceInstance);
  if (!job.empty()) labels.push_back({"job", MendUtf8(std::move(job))});
  if (!instance.empty()) labels.push_back({"instance", MendUtf8(std::move(instance))});
  return labels;
}

std::vector<model::Label> AttributeLabels(const model::Attributes& attributes,
                                          const std::vector<model::Label>& own) {
  std::vector<const model::Attribute*> sorted;
  sorted.reserve(attributes.size());
  for (const model::Attribute& attribute : attributes) sorted.push_back(&attribute);
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto* a, const auto* b) { return a->key < b->key; });
  std::map<std::string, std::string> values;
  const std::string* last_key = nullptr;
  for (const model::Attribute* attribute : sorted) {
    if (last_key != nullptr && *last_key == attribute->key) continue;  // The first one counts.
    last_key = &attribute->key;
    std::string name = wire::PrometheusLabelName(attribute->key);
    if (name.empty() || name == model::kMetricName) continue;
    std::string value = MendUtf8(model::AttributeText(attribute->value));
    const auto [found, added] = values.try_emplace(std::move(name), value);
    if (!added) found->second += ";" + value;
  }
  std::vector<model::Label> labels;
  labels.reserve(values.size() + own.size() + 2);
  for (auto& [name, value] : values) labels.push_back({name, std::move(value)});
  labels.insert(labels.end(), own.begin(), own.end());  // Of equal names the last stays.
  return labels;
}

model::Labels TargetInfoLabels(const model::Resource& resource) {
  const std::vector<model::Label> identity = IdentityLabels(resource);
  if (identity.empty()) return {};
  model::Attributes rest;
  for (const model::Attribute& attribute : resource.attributes) {
    const std::string& key = attribute.key;
    if (key != kServiceName && key != kServiceNamespace && key != kServiceInstance) {
      rest.push_back(attribute);
    }
  }
  if (rest.empty()) return {};
  std::vector<model::Label> labels = AttributeLabels(rest, identity);
  labels.push_back({std::string(model::kMetricName), "target_info"});
  return model::Labels(std::move(labels));
}

}  // namespace glint::pipeline
