#include "config/relabel_rule.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <optional>
#include <string_view>

#include "base/escape.h"
#include "base/utf8.h"
#include "config/yaml_file.h"
#include "model/labels.h"

namespace glint::config {
namespace {

struct ActionName {
  std::string_view name;
  RelabelAction action;
};
constexpr ActionName kActions[] = {
    {"replace", RelabelAction::kReplace},     {"keep", RelabelAction::kKeep},
    {"drop", RelabelAction::kDrop},           {"keepequal", RelabelAction::kKeepEqual},
    {"dropequal", RelabelAction::kDropEqual}, {"hashmod", RelabelAction::kHashMod},
    {"labelmap", RelabelAction::kLabelMap},   {"labeldrop", RelabelAction::kLabelDrop},
    {"labelkeep", RelabelAction::kLabelKeep}, {"lowercase", RelabelAction::kLowercase},
    {"uppercase", RelabelAction::kUppercase},
};

std::optional<RelabelAction> ActionOf(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  }
  for (const ActionName& entry : kActions) {
    if (entry.name == text) return entry.action;
  }
  return std::nullopt;
}

bool IsLabelName(const std::string& name, bool utf8_names) {
  if (utf8_names) return !name.empty() && IsValidUtf8(name);
  return model::IsLegacyLabelName(name);
}

// Label names with "$1" or "${name}" in them, as targets of replace and labelmap may be.
bool IsLabelTemplate(const std::string& text, bool utf8_names) {
  static const RE2 kTemplate("(?:(?:[a-zA-Z_]|\\$(?:\\{\\w+\\}|\\w+))+\\w*)+");
  if (utf8_names) return IsLabelName(text, true);
  return RE2::FullMatch(text, kTemplate);
}

class Checker {
 public:
  Checker(YamlMap& map, const RelabelRule& rule, std::string_view action, bool utf8_names)
      : map_(map), rule_(rule), action_(action), utf8_names_(utf8_names) {}

  void Check() {
    switch (rule_.action) {
      case RelabelAction::kReplace:
        NeedTarget();
        if (!rule_.target_label.empty() && !IsLabelTemplate(rule_.target_label, utf8_names_)) {
          BadTarget();
        }
        break;
      case RelabelAction::kHashMod:
        NeedTarget();
        NeedPlainTarget();
        if (rule_.modulus == 0) Fail("requires a modulus that is not 0");
        break;
      case RelabelAction::kLowercase:
      case RelabelAction::kUppercase:
        NeedTarget();
        NeedPlainTarget();
        Refuse("replacement", rule_.replacement != RelabelRule().replacement);
        break;
      case RelabelAction::kKeepEqual:
      case RelabelAction::kDropEqual:
        NeedTarget();
        NeedPlainTarget();
        RefuseAllBut({"source_labels", "target_label"});
        break;
      case RelabelAction::kLabelMap:
        if (!IsLabelTemplate(rule_.replacement, utf8_names_)) {
          map_.Fail("replacement",
                    fmt::format("\"{}\" is invalid 'replacement' for labelmap action",
                                Excerpt(rule_.replacement)));
        }
        break;
      case RelabelAction::kLabelDrop:
      case RelabelAction::kLabelKeep:
        RefuseAllBut({"regex"});
        break;
      case RelabelAction::kKeep:
      case RelabelAction::kDrop:
        break;
    }
  }

 private:
  void Fail(std::string_view what) {
    map_.Fail("", fmt::format("relabel configuration for {} action {}", action_, what));
  }
  void NeedTarget() {
    if (rule_.target_label.empty()) Fail("requires 'target_label' value");
  }
  void NeedPlainTarget() {
    if (!rule_.target_label.empty() && !IsLabelName(rule_.target_label, utf8_names_)) BadTarget();
  }
  void BadTarget() {
    map_.Fail("target_label", fmt::format("\"{}\" is invalid 'target_label' for {} action",
                                          Excerpt(rule_.target_label), action_));
  }
  void Refuse(std::string_view key, bool is_set) {
    if (is_set) map_.Fail(key, fmt::format("'{}' can not be set for {} action", key, action_));
  }
  void RefuseAllBut(const std::vector<std::string_view>& allowed) {
    const RelabelRule defaults;
    const auto refuse = [&](std::string_view key, bool is_set) {
      for (const std::string_view name : allowed) {
        if (name == key) return;
      }
      Refuse(key, is_set);
    };
    refuse("source_labels", !rule_.source_labels.empty());
    refuse("target_label", !rule_.target_label.empty());
    refuse("modulus", rule_.modulus != 0);
    refuse("separator", rule_.separator != defaults.separator);
    refuse("replacement", rule_.replacement != defaults.replacement);
    refuse("regex", rule_.regex_text != defaults.regex_text);
  }

  YamlMap& map_;
  const RelabelRule& rule_;
  const std::string_view action_;
  const bool utf8_names_;
};

}  // namespace

RelabelRule ReadRelabelRule(YamlMap& map, bool utf8_names) {
  RelabelRule rule;
  std::string action = "replace";
  if (map.IsNull("action")) map.Fail("action", "relabel action cannot be empty");
  map.Read("action", action);
  map.Read("source_labels", rule.source_labels);
  map.Read("separator", rule.separator);
  map.Read("regex", rule.regex_text);
  map.Read("modulus", rule.modulus);
  map.Read("target_label", rule.target_label);
  map.Read("replacement", rule.replacement);
  map.End();

  RE2::Options options;
  options.set_log_errors(false);
  options.set_dot_nl(true);
  auto compiled = std::make_shared<re2::RE2>("^(?:" + rule.regex_text + ")$", options);
  if (!compiled->ok()) {
    map.Fail("regex", fmt::format("error parsing regexp \"{}\": {}", Excerpt(rule.regex_text),
                                  compiled->error()));
  }
  rule.regex = std::move(compiled);
  const std::optional<RelabelAction> known = ActionOf(action);
  if (!known.has_value()) {
    map.Fail("action", fmt::format("unknown relabel action \"{}\"", Excerpt(action)));
    return rule;
  }
  rule.action = *known;
  Checker(map, rule, action, utf8_names).Check();
  return rule;
}

}  // namespace glint::config
