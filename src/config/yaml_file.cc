#include "config/yaml_file.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/base64.h"
#include "base/duration.h"
#include "base/escape.h"
#include "config/byte_size.h"

namespace glint::config {
namespace {

// The text of a scalar, !!binary decoded; none for lists and maps.
std::optional<std::string> ScalarText(const YAML::Node& node) {
  if (!node.IsScalar()) return std::nullopt;
  if (node.Tag() == "tag:yaml.org,2002:binary") return Base64Decode(node.Scalar());
  return node.Scalar();
}

size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row.back();
}

std::string Suggestion(std::string_view key, const std::set<std::string, std::less<>>& known) {
  constexpr size_t kMaxKey = 64;  // Longer ones are no typing error, and cost its square.
  std::string best;
  size_t best_distance = 3;
  if (key.size() > kMaxKey) return best;
  for (const std::string& candidate : known) {
    const size_t distance = EditDistance(key, candidate);
    if (distance < best_distance && distance < key.size()) {
      best = candidate;
      best_distance = distance;
    }
  }
  return best.empty() ? best : fmt::format(" (did you mean {}?)", best);
}

}  // namespace

YamlFile::YamlFile(std::string name, std::string_view text) : name_(std::move(name)) {
  try {
    root_ = YAML::Load(std::string(text));
  } catch (const YAML::Exception& exception) {
    status_ = InvalidArgument("{}:{}: {}", name_, exception.mark.line + 1, exception.msg);
  }
}

YamlMap YamlFile::Top() { return YamlMap(*this, "", status_.ok() ? root_ : YAML::Node()); }

std::string YamlFile::Place(const YAML::Node& at, std::string_view path) const {
  std::string place = name_;
  if (at.IsDefined() && at.Mark().line >= 0) place += fmt::format(":{}", at.Mark().line + 1);
  place += ": ";
  if (!path.empty()) place += fmt::format("{}: ", path);
  return place;
}

void YamlFile::Fail(const YAML::Node& at, std::string_view path, std::string_view what) {
  if (status_.ok()) status_ = InvalidArgument("{}{}", Place(at, path), what);
}

void YamlFile::Warn(const YAML::Node& at, std::string_view path, std::string_view what) {
  warnings_.push_back(fmt::format("{}{}", Place(at, path), what));
}

YamlMap::YamlMap(YamlFile& file, std::string path, YAML::Node node)
    : file_(&file), path_(std::move(path)), node_(std::move(node)) {
  if (!node_.IsDefined() || node_.IsNull()) {
    node_ = YAML::Node(YAML::NodeType::Map);
    return;
  }
  if (!node_.IsMap()) {
    file.Fail(node_, path_, "expected a map of keys and values");
    node_ = YAML::Node(YAML::NodeType::Map);
    return;
  }
  std::set<std::string> seen;
  for (const auto& entry : node_) {
    const std::optional<std::string> key = ScalarText(entry.first);
    if (!key.has_value()) {
      file.Fail(entry.first, path_, "a key is a list or a map, expected text");
    } else if (!seen.insert(*key).second) {
      file.Fail(entry.first, PathOf(*key), "key is defined twice");
    }
  }
}

YAML::Node YamlMap::Find(std::string_view key) const {
  for (const auto& entry : node_) {
    if (entry.first.IsScalar() && entry.first.Scalar() == key) return entry.second;
  }
  return YAML::Node(YAML::NodeType::Undefined);
}

YAML::Node YamlMap::Take(std::string_view key) {
  known_.emplace(key);
  const YAML::Node found = Find(key);
  return !found.IsDefined() || found.IsNull() ? YAML::Node(YAML::NodeType::Undefined) : found;
}

std::string YamlMap::PathOf(std::string_view key) const {
  const std::string shown = Excerpt(key);
  if (key.empty()) return path_;
  return path_.empty() ? shown : fmt::format("{}.{}", path_, shown);
}

bool YamlMap::Has(std::string_view key) const { return Find(key).IsDefined(); }
bool YamlMap::IsNull(std::string_view key) const {
  const YAML::Node found = Find(key);
  return found.IsDefined() && found.IsNull();
}

bool YamlMap::Scalar(std::string_view key, std::string& text) {
  const YAML::Node node = Take(key);
  if (!node.IsDefined()) return false;
  const std::optional<std::string> scalar = ScalarText(node);
  if (!scalar.has_value()) {
    file_->Fail(node, PathOf(key), "expected one value, not a list or a map");
    return false;
  }
  text = *scalar;
  return true;
}

void YamlMap::Read(std::string_view key, std::string& value) { Scalar(key, value); }

void YamlMap::Read(std::string_view key, bool& value) {
  std::string text;
  if (!Scalar(key, text)) return;
  if (text == "true" || text == "True" || text == "TRUE" || text == "yes" || text == "on") {
    value = true;
  } else if (text == "false" || text == "False" || text == "FALSE" || text == "no" ||
             text == "off") {
    value = false;
  } else {
    Fail(key, fmt::format("\"{}\" is neither true nor false", Excerpt(text)));
  }
}

void YamlMap::Read(std::string_view key, uint64_t& value) {
  std::string text;
  if (!Scalar(key, text)) return;
  uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) {
    Fail(key, fmt::format("\"{}\" is not a whole number from 0 up", Excerpt(text)));
  } else {
    value = number;
  }
}

void YamlMap::Read(std::string_view key, std::vector<std::string>& value) {
  const YAML::Node node = Take(key);
  if (!node.IsDefined()) return;
  if (!node.IsSequence()) {
    file_->Fail(node, PathOf(key), "expected a list");
    return;
  }
  std::vector<std::string> list;
  for (const YAML::Node& item : node) {
    const std::optional<std::string> text = ScalarText(item);
    if (!text.has_value()) {
      file_->Fail(item, PathOf(key), "expected a list of plain values");
      return;
    }
    list.push_back(*text);
  }
  value = std::move(list);
}

void YamlMap::ReadDuration(std::string_view key, int64_t& ms) {
  std::string text;
  if (!Scalar(key, text)) return;
  const StatusOr<int64_t> parsed = ParseDurationMs(text);
  if (parsed.ok()) {
    ms = *parsed;
  } else {
    Fail(key, parsed.status().message());
  }
}

void YamlMap::ReadSize(std::string_view key, uint64_t& bytes) {
  std::string text;
  if (!Scalar(key, text)) return;
  const StatusOr<uint64_t> parsed = ParseByteSize(text);
  if (parsed.ok()) {
    bytes = *parsed;
  } else {
    Fail(key, parsed.status().message());
  }
}

std::vector<std::pair<std::string, std::string>> YamlMap::Strings(std::string_view key) {
  std::vector<std::pair<std::string, std::string>> pairs;
  const YAML::Node node = Take(key);
  if (!node.IsDefined()) return pairs;
  const YamlMap checked(*file_, PathOf(key), node);
  for (const auto& entry : checked.node_) {
    const std::optional<std::string> name = ScalarText(entry.first);
    const std::optional<std::string> text = ScalarText(entry.second);
    if (!name.has_value() || (!text.has_value() && !entry.second.IsNull())) {
      file_->Fail(entry.first, PathOf(key), "expected a map of text to text");
      return {};
    }
    pairs.emplace_back(*name, text.value_or(""));
  }
  return pairs;
}

std::vector<std::pair<std::string, std::vector<std::string>>> YamlMap::StringLists(
    std::string_view key) {
  std::vector<std::pair<std::string, std::vector<std::string>>> lists;
  YamlMap map = Map(key);
  for (const auto& entry : map.node_) {
    const std::optional<std::string> name = ScalarText(entry.first);
    if (!name.has_value()) continue;  // Said when the map was made.
    lists.emplace_back(*name, std::vector<std::string>());
    map.Read(*name, lists.back().second);
  }
  return lists;
}

YamlMap YamlMap::Map(std::string_view key) { return YamlMap(*file_, PathOf(key), Take(key)); }

std::vector<YamlMap> YamlMap::Maps(std::string_view key) {
  std::vector<YamlMap> maps;
  const YAML::Node node = Take(key);
  if (!node.IsDefined()) return maps;
  if (!node.IsSequence()) {
    file_->Fail(node, PathOf(key), "expected a list");
    return maps;
  }
  for (size_t i = 0; i < node.size(); ++i) {
    const std::string path = fmt::format("{}[{}]", PathOf(key), i);
    if (node[i].IsNull()) file_->Fail(node[i], path, "empty or null section");
    maps.emplace_back(*file_, path, node[i]);
  }
  return maps;
}

std::vector<std::string> YamlMap::Keys() const {
  std::vector<std::string> keys;
  for (const auto& entry : node_) {
    if (entry.first.IsScalar()) keys.push_back(entry.first.Scalar());
  }
  return keys;
}

void YamlMap::NotActedOn(std::string_view key, std::string_view why) {
  if (Take(key).IsDefined()) Warn(key, fmt::format("not acted on: {}", why));
}

void YamlMap::End() {
  for (const auto& entry : node_) {
    if (!entry.first.IsScalar() || known_.count(entry.first.Scalar()) > 0) continue;
    file_->Fail(entry.first, PathOf(entry.first.Scalar()),
                "unknown key" + Suggestion(entry.first.Scalar(), known_));
  }
}

void YamlMap::Fail(std::string_view key, std::string_view what) {
  const YAML::Node found = key.empty() ? node_ : Find(key);
  file_->Fail(found.IsDefined() ? found : node_, PathOf(key), what);
}

void YamlMap::Warn(std::string_view key, std::string_view what) {
  const YAML::Node found = key.empty() ? node_ : Find(key);
  file_->Warn(found.IsDefined() ? found : node_, PathOf(key), what);
}

}  // namespace glint::config
