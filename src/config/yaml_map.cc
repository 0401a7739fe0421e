#include "config/yaml_map.h"

#include <algorithm>
#include <charconv>
#include <map>

#include "base/base64.h"
#include "base/duration.h"
#include "base/escape.h"
#include "base/utf8.h"

namespace glint::config {
namespace {

bool IsAbsent(const YAML::Node& node) { return !node.IsDefined() || node.IsNull(); }

// How many single-letter changes lead from one to the other.
size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t change = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, change});
    }
  }
  return row[b.size()];
}

// The known key that was probably meant; empty when none is near.
std::string Nearest(std::string_view key, const std::set<std::string>& known) {
  std::string nearest;
  size_t least = 3;
  for (const std::string& candidate : known) {
    const size_t distance = EditDistance(key, candidate);
    if (distance < least) {
      least = distance;
      nearest = candidate;
    }
  }
  return nearest;
}

std::optional<uint64_t> ParseByteSize(std::string_view text) {
  static constexpr std::string_view kPrefixes = "KMGTPE";
  uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) return std::nullopt;
  std::string_view unit(end, static_cast<size_t>(text.data() + text.size() - end));
  if (unit.empty()) return number == 0 ? std::optional<uint64_t>(0) : std::nullopt;
  if (unit.back() != 'B') return std::nullopt;
  unit.remove_suffix(1);
  if (!unit.empty() && unit.back() == 'i') unit.remove_suffix(1);
  if (unit.empty()) return number;
  const size_t power = kPrefixes.find(unit);
  if (unit.size() != 1 || power == std::string_view::npos) return std::nullopt;
  const uint64_t factor = uint64_t{1} << (10 * (power + 1));
  if (number > UINT64_MAX / factor) return std::nullopt;
  return number * factor;
}

}  // namespace

void YamlContext::Fail(const YAML::Node& node, std::string_view path, std::string_view text) {
  if (!status.ok()) return;
  const int line = node.IsDefined() ? node.Mark().line + 1 : 0;
  status = InvalidArgument("{}:{}: {}{}{}", file, line, path, path.empty() ? "" : ": ", text);
}

void YamlContext::Warn(const YAML::Node& node, std::string_view path, std::string_view text) {
  warnings.push_back(fmt::format("{}:{}: {}: {}", file, node.Mark().line + 1, path, text));
}

StatusOr<YAML::Node> ParseYaml(std::string_view text, const std::string& file) {
  try {
    return YAML::Load(std::string(text));
  } catch (const YAML::Exception& error) {
    return InvalidArgument("{}:{}: not valid YAML: {}", file, error.mark.line + 1, error.msg);
  }
}

std::string ScalarText(YamlContext& context, const YAML::Node& node, const std::string& path) {
  if (!node.IsDefined() || !node.IsScalar()) {
    context.Fail(node, path, "expected text");
    return {};
  }
  std::string text = node.Scalar();
  if (node.Tag() == "tag:yaml.org,2002:binary") {
    const auto decoded = Base64Decode(text);
    if (!decoded) context.Fail(node, path, "!!binary is not valid base64");
    text = decoded.value_or("");
  }
  if (!IsValidUtf8(text)) context.Fail(node, path, "the text is not valid UTF-8");
  return text;
}

YamlMap::YamlMap(YamlContext& context, const YAML::Node& node, std::string path)
    : context_(context), node_(node), path_(std::move(path)) {
  if (IsAbsent(node_)) return;
  if (!node_.IsMap()) {
    context_.Fail(node_, path_, "expected a mapping");
    return;
  }
  std::set<std::string> seen;
  for (const auto& entry : node_) {
    const std::string key = ScalarText(context_, entry.first, path_);
    if (!seen.insert(key).second) {
      context_.Fail(entry.first, PathOf(key), "the key stands twice");
    }
  }
}

std::string YamlMap::PathOf(std::string_view key) const {
  return path_.empty() ? std::string(key) : fmt::format("{}.{}", path_, key);
}

YAML::Node YamlMap::Take(const char* key) {
  known_.insert(key);
  if (!context_.status.ok() || IsAbsent(node_) || !node_.IsMap()) return YAML::Node();
  const YAML::Node value = node_[key];
  return IsAbsent(value) ? YAML::Node() : value;
}

bool YamlMap::Has(const char* key) const {
  return node_.IsDefined() && node_.IsMap() && !IsAbsent(node_[key]);
}

void YamlMap::Fail(const char* key, std::string_view text) {
  const YAML::Node value = node_.IsDefined() && node_.IsMap() ? node_[key] : YAML::Node();
  context_.Fail(IsAbsent(value) ? node_ : value, PathOf(key), text);
}

void YamlMap::Read(const char* key, std::string& out) {
  const YAML::Node value = Take(key);
  if (!IsAbsent(value)) out = ScalarText(context_, value, PathOf(key));
}

void YamlMap::Read(const char* key, bool& out) {
  std::string text;
  Read(key, text);
  if (text.empty()) return;
  if (text != "true" && text != "false") {
    Fail(key, fmt::format("expected true or false, found \"{}\"", Excerpt(text)));
  }
  out = text == "true";
}

void YamlMap::Read(const char* key, uint64_t& out) {
  std::string text;
  Read(key, text);
  if (text.empty()) return;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc() || end != text.data() + text.size()) {
    Fail(key, fmt::format("expected a whole number from 0 on, found \"{}\"", Excerpt(text)));
  }
}

void YamlMap::Read(const char* key, std::vector<std::string>& out) {
  if (Has(key)) out.clear();
  ReadList(key, [&](const YAML::Node& node, const std::string& path) {
    out.push_back(ScalarText(context_, node, path));
  });
}

void YamlMap::ReadDurationMs(const char* key, int64_t& out) {
  std::string text;
  Read(key, text);
  if (text.empty()) return;
  const StatusOr<int64_t> ms = ParseDurationMs(text);
  if (!ms.ok()) return Fail(key, ms.status().message());
  out = *ms;
}

void YamlMap::ReadByteSize(const char* key, uint64_t& out) {
  std::string text;
  Read(key, text);
  if (text.empty()) return;
  const auto size = ParseByteSize(text);
  if (!size)
    return Fail(key, fmt::format("expected a size such as 15MB, found \"{}\"", Excerpt(text)));
  out = *size;
}

void YamlMap::ReadList(const char* key, const Item& item) {
  const YAML::Node list = Take(key);
  if (IsAbsent(list)) return;
  if (!list.IsSequence()) return Fail(key, "expected a list");
  for (size_t i = 0; i < list.size(); ++i) item(list[i], fmt::format("{}[{}]", PathOf(key), i));
}

void YamlMap::ReadMap(const char* key, const Entry& entry) {
  const YAML::Node map = Take(key);
  if (IsAbsent(map)) return;
  const YamlMap checked(context_, map, PathOf(key));
  if (!context_.status.ok()) return;
  for (const auto& pair : map) {
    const std::string name = ScalarText(context_, pair.first, PathOf(key));
    entry(name, pair.second, fmt::format("{}.{}", PathOf(key), name));
  }
}

void YamlMap::NotActedOn(std::initializer_list<const char*> keys, std::string_view text) {
  for (const char* key : keys) {
    const YAML::Node value = Take(key);
    if (!IsAbsent(value)) context_.Warn(value, PathOf(key), text);
  }
}

void YamlMap::Accept(std::initializer_list<const char*> keys) {
  for (const char* key : keys) known_.insert(key);
}

void YamlMap::Finish() {
  if (!context_.status.ok() || IsAbsent(node_)) return;
  for (const auto& entry : node_) {
    const std::string key = entry.first.Scalar();
    if (known_.count(key) > 0) continue;
    const std::string nearest = Nearest(key, known_);
    context_.Fail(
        entry.first, PathOf(key),
        nearest.empty() ? "unknown key" : fmt::format("unknown key, did you mean {}?", nearest));
    return;
  }
}

}  // namespace glint::config
