#include "glint/family.h"

#include <algorithm>
#include <cstdio>
#include <mutex>

#include "exposition_writer.h"

namespace glint::internal {
namespace {

std::vector<std::string> Copy(std::initializer_list<std::string_view> values) {
  return std::vector<std::string>(values.begin(), values.end());
}

}  // namespace

std::shared_ptr<Metric> FamilyBase::Child(std::initializer_list<std::string_view> values) {
  if (values.size() != info().label_names.size()) {
    const std::unique_lock lock(mutex_);
    if (!complained_) {
      complained_ = true;
      std::fprintf(stderr, "glint: metric %s has %zu labels and With() was given %zu values\n",
                   info().name.c_str(), info().label_names.size(), values.size());
    }
    return Make();
  }
  std::vector<std::string> key = Copy(values);
  {
    const std::shared_lock lock(mutex_);
    if (const auto found = children_.find(key); found != children_.end()) {
      return found->second.metric;
    }
  }
  std::string labels = FormatLabels(info().const_labels, info().label_names, key);
  std::shared_ptr<Metric> metric = Make();
  const std::unique_lock lock(mutex_);
  return children_.try_emplace(std::move(key), Entry{std::move(labels), std::move(metric)})
      .first->second.metric;
}

bool FamilyBase::RemoveChild(std::initializer_list<std::string_view> values) {
  const std::unique_lock lock(mutex_);
  return children_.erase(Copy(values)) != 0;
}

void FamilyBase::Write(ExpositionWriter& writer) const {
  writer.Begin(info());
  const std::shared_lock lock(mutex_);
  for (const auto& [values, entry] : children_) entry.metric->Write(entry.labels, writer);
}

size_t FamilyBase::size() const {
  const std::shared_lock lock(mutex_);
  return children_.size();
}

}  // namespace glint::internal
