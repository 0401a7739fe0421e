#include "config/relabel_rules.h"

#include <re2/re2.h>

#include <algorithm>
#include <optional>

#include "base/escape.h"

namespace glint::config {
namespace {

constexpr std::pair<std::string_view, RelabelAction> kActions[] = {
    {"replace", RelabelAction::kReplace},     {"keep", RelabelAction::kKeep},
    {"drop", RelabelAction::kDrop},           {"keepequal", RelabelAction::kKeepEqual},
    {"dropequal", RelabelAction::kDropEqual}, {"hashmod", RelabelAction::kHashMod},
    {"labelmap", RelabelAction::kLabelMap},   {"labeldrop", RelabelAction::kLabelDrop},
    {"labelkeep", RelabelAction::kLabelKeep}, {"lowercase", RelabelAction::kLowercase},
    {"uppercase", RelabelAction::kUppercase}};

std::optional<RelabelAction> ActionOf(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  for (const auto& [name, action] : kActions) {
    if (name == text) return action;
  }
  return std::nullopt;
}

std::shared_ptr<const re2::RE2> Compile(YamlMap& map, const std::string& text) {
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_dot_nl(true);
  auto regex = std::make_shared<const re2::RE2>(text, options);
  if (!regex->ok()) {
    map.Fail("regex", fmt::format("error parsing regexp: {}: `{}`", regex->error(), Excerpt(text)));
  }
  return regex;
}

// A target may be put together from groups: "${1}_total" is one as well.
bool IsLegacyTarget(const std::string& name) {
  static const re2::RE2 kTarget(R"((?:[a-zA-Z_]|\$(?:\{\w+\}|\w+))+(?:\w|\$(?:\{\w+\}|\w+))*)");
  return re2::RE2::FullMatch(name, kTarget);
}

bool NeedsTarget(RelabelAction action) {
  switch (action) {
    case RelabelAction::kReplace:
    case RelabelAction::kHashMod:
    case RelabelAction::kLowercase:
    case RelabelAction::kUppercase:
    case RelabelAction::kKeepEqual:
    case RelabelAction::kDropEqual:
      return true;
    default:
      return false;
  }
}

// The rules about which fields go with which action.
void Check(YamlMap& map, const RelabelRule& rule, const std::string& action, NameScheme scheme) {
  const auto has_any = [&](std::initializer_list<const char*> keys) {
    return std::any_of(keys.begin(), keys.end(), [&](const char* key) { return map.Has(key); });
  };
  if (rule.action == RelabelAction::kHashMod && rule.modulus == 0) {
    map.Fail("modulus", "relabel configuration for hashmod requires non-zero modulus");
  }
  if (NeedsTarget(rule.action) && rule.target_label.empty()) {
    map.Fail("target_label", fmt::format("relabel configuration for {} action requires "
                                         "'target_label' value",
                                         action));
  }
  if (scheme == NameScheme::kLegacy && NeedsTarget(rule.action) &&
      !IsLegacyTarget(rule.target_label)) {
    map.Fail("target_label", fmt::format("\"{}\" is invalid 'target_label' for {} action",
                                         Excerpt(rule.target_label), action));
  }
  const bool changes_case =
      rule.action == RelabelAction::kLowercase || rule.action == RelabelAction::kUppercase;
  if (changes_case && map.Has("replacement") && rule.replacement != "$1") {
    map.Fail("replacement", fmt::format("'replacement' can not be set for {} action", action));
  }
  if (rule.action == RelabelAction::kLabelMap && scheme == NameScheme::kLegacy &&
      !IsLegacyTarget(rule.replacement)) {
    map.Fail("replacement", fmt::format("\"{}\" is invalid 'replacement' for labelmap action",
                                        Excerpt(rule.replacement)));
  }
  if ((rule.action == RelabelAction::kKeepEqual || rule.action == RelabelAction::kDropEqual) &&
      has_any({"regex", "modulus", "separator", "replacement"})) {
    map.Fail("action", fmt::format("{} action requires only 'source_labels' and `target_label`, "
                                   "and no other fields",
                                   action));
  }
  if ((rule.action == RelabelAction::kLabelDrop || rule.action == RelabelAction::kLabelKeep) &&
      has_any({"source_labels", "target_label", "modulus", "separator", "replacement"})) {
    map.Fail("action", fmt::format("{} action requires only 'regex', and no other fields", action));
  }
}

}  // namespace

std::vector<RelabelRule> ReadRelabelRules(YamlContext& context, YamlMap& map, const char* key,
                                          NameScheme scheme) {
  std::vector<RelabelRule> rules;
  map.ReadList(key, [&](const YAML::Node& node, const std::string& path) {
    if (!node.IsDefined() || node.IsNull()) {
      context.Fail(map.node(), path, "empty or null relabeling rule");
      return;
    }
    YamlMap fields(context, node, path);
    RelabelRule rule;
    std::string action = "replace";
    if (node.IsMap() && node["action"].IsDefined() && node["action"].IsNull()) {
      fields.Fail("action", "relabel action cannot be empty");
    }
    fields.Read("action", action);
    const auto known = ActionOf(action);
    if (!known)
      fields.Fail("action", fmt::format("unknown relabel action \"{}\"", Excerpt(action)));
    rule.action = known.value_or(RelabelAction::kReplace);
    fields.Read("source_labels", rule.source_labels);
    fields.Read("separator", rule.separator);
    fields.Read("target_label", rule.target_label);
    fields.Read("regex", rule.regex_text);
    fields.Read("replacement", rule.replacement);
    fields.Read("modulus", rule.modulus);
    fields.Finish();
    rule.regex = Compile(fields, rule.regex_text);
    Check(fields, rule, action, scheme);
    rules.push_back(std::move(rule));
  });
  return rules;
}

}  // namespace glint::config
