#include "model/labels.h"

#include <xxhash.h>

#include <algorithm>

#include "base/escape.h"

namespace glint::model {
namespace {

bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }

void AppendQuoted(std::string_view value, std::string& out) {
  out += '"';
  for (const char c : value) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else {
      out += c;
    }
  }
  out += '"';
}

bool AreInOrder(const std::vector<Label>& labels) {
  for (size_t i = 0; i < labels.size(); ++i) {
    if (labels[i].value.empty() || (i > 0 && labels[i - 1].name >= labels[i].name)) return false;
  }
  return true;
}

}  // namespace

Labels::Labels(std::vector<Label> labels) : labels_(std::move(labels)) {
  if (AreInOrder(labels_)) return;
  std::stable_sort(labels_.begin(), labels_.end(),
                   [](const Label& a, const Label& b) { return a.name < b.name; });
  // Of equal names the last stays: walk back and keep what differs from its successor.
  size_t kept = labels_.size();
  for (size_t i = labels_.size(); i-- > 0;) {
    const bool repeated = kept < labels_.size() && labels_[kept].name == labels_[i].name;
    if (repeated) continue;
    --kept;
    if (kept != i) labels_[kept] = std::move(labels_[i]);
  }
  labels_.erase(labels_.begin(), labels_.begin() + static_cast<ptrdiff_t>(kept));
  std::erase_if(labels_, [](const Label& label) { return label.value.empty(); });
}

std::string_view Labels::Get(std::string_view name) const {
  const auto found = std::lower_bound(
      labels_.begin(), labels_.end(), name,
      [](const Label& label, std::string_view wanted) { return label.name < wanted; });
  if (found == labels_.end() || found->name != name) return {};
  return found->value;
}

Labels Labels::With(std::string_view name, std::string_view value) const {
  Labels copy = *this;
  const auto found = std::lower_bound(
      copy.labels_.begin(), copy.labels_.end(), name,
      [](const Label& label, std::string_view wanted) { return label.name < wanted; });
  const bool there = found != copy.labels_.end() && found->name == name;
  if (value.empty()) {
    if (there) copy.labels_.erase(found);
  } else if (there) {
    found->value = value;
  } else {
    copy.labels_.insert(found, Label{std::string(name), std::string(value)});
  }
  return copy;
}

uint64_t Labels::Hash() const {
  std::string bytes;
  for (const Label& label : labels_) {
    const uint32_t sizes[2] = {static_cast<uint32_t>(label.name.size()),
                               static_cast<uint32_t>(label.value.size())};
    bytes.append(reinterpret_cast<const char*>(sizes), sizeof sizes);
    bytes += label.name;
    bytes += label.value;
  }
  return XXH3_64bits(bytes.data(), bytes.size());
}

std::string Labels::ToString() const {
  std::string out;
  const std::string_view name = metric_name();
  const bool bare = IsLegacyMetricName(name);
  if (bare) out += name;
  bool first = true;
  const auto open = [&] {
    out += first ? "{" : ", ";
    first = false;
  };
  // A name that needs quotes stands first, wherever it sorts: the text formats want it there.
  if (!bare && !name.empty()) {
    open();
    AppendQuoted(name, out);
  }
  for (const Label& label : labels_) {
    if (label.name == kMetricName) continue;
    open();
    if (IsLegacyLabelName(label.name)) {
      out += label.name;
    } else {
      AppendQuoted(label.name, out);
    }
    out += '=';
    AppendQuoted(label.value, out);
  }
  if (!first) {
    out += '}';
  } else if (!bare) {
    out += "{}";
  }
  return out;
}

bool IsLegacyLabelName(std::string_view name) {
  return !name.empty() && IsLetter(name[0]) &&
         std::all_of(name.begin(), name.end(), [](char c) { return IsLetter(c) || IsDigit(c); });
}

bool IsLegacyMetricName(std::string_view name) {
  const auto letter = [](char c) { return IsLetter(c) || c == ':'; };
  return !name.empty() && letter(name[0]) &&
         std::all_of(name.begin(), name.end(), [&](char c) { return letter(c) || IsDigit(c); });
}

}  // namespace glint::model
