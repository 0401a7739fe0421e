#include "scrape/relabel.h"

#include <openssl/evp.h>
#include <re2/re2.h>

#include <map>
#include <string>
#include <string_view>

#include "base/check.h"

namespace glint::scrape {
namespace {

using config::RelabelAction;
using config::RelabelRule;
using LabelMap = std::map<std::string, std::string, std::less<>>;

std::string_view Get(const LabelMap& labels, std::string_view name) {
  const auto found = labels.find(name);
  return found == labels.end() ? std::string_view() : std::string_view(found->second);
}

void Set(LabelMap& labels, const std::string& name, std::string value) {
  if (name.empty()) return;
  if (value.empty()) {
    labels.erase(name);
  } else {
    labels[name] = std::move(value);
  }
}

bool IsWordCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// One match of a rule's regex, whose groups a template may name.
class Match {
 public:
  Match(const re2::RE2& regex, std::string_view text)
      : regex_(regex), groups_(static_cast<size_t>(regex.NumberOfCapturingGroups()) + 1) {
    matched_ = regex.Match(re2::StringPiece(text.data(), text.size()), 0, text.size(),
                           RE2::ANCHOR_BOTH, groups_.data(), static_cast<int>(groups_.size()));
  }
  bool matched() const { return matched_; }

  // $1, ${1}, $name, ${name} and $$, as Go's Regexp.Expand: a name is as long as it can be, one
  // that is unknown is empty, a '$' that starts none of these stays.
  std::string Expand(std::string_view text) const {
    std::string out;
    while (!text.empty()) {
      const size_t dollar = std::min(text.find('$'), text.size());
      out += text.substr(0, dollar);
      text.remove_prefix(dollar);
      if (text.empty()) break;
      text.remove_prefix(1);
      if (!text.empty() && text.front() == '$') {
        out += '$';
        text.remove_prefix(1);
        continue;
      }
      const bool braces = !text.empty() && text.front() == '{';
      size_t length = 0;
      const std::string_view inner = text.substr(braces ? 1 : 0);
      while (length < inner.size() && IsWordCharacter(inner[length])) ++length;
      const bool closed = !braces || (length < inner.size() && inner[length] == '}');
      if (length == 0 || !closed) {
        out += '$';
        continue;
      }
      out += Group(inner.substr(0, length));
      text = inner.substr(length + (braces ? 1 : 0));
    }
    return out;
  }

 private:
  std::string Group(std::string_view name) const {
    size_t index = 0;
    if (name.find_first_not_of("0123456789") == std::string_view::npos) {
      for (const char c : name) index = std::min<size_t>(index * 10 + (c - '0'), 1'000'000);
    } else {
      const auto& named = regex_.NamedCapturingGroups();
      const auto found = named.find(std::string(name));
      if (found == named.end()) return {};
      index = static_cast<size_t>(found->second);
    }
    if (index >= groups_.size() || groups_[index].data() == nullptr) return {};
    return std::string(groups_[index].data(), groups_[index].size());
  }

  const re2::RE2& regex_;
  std::vector<re2::StringPiece> groups_;
  bool matched_ = false;
};

// The low 8 bytes of the MD5, as a big-endian number: where Prometheus puts a target, we do too.
uint64_t Md5Number(std::string_view text) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  CHECK(EVP_Digest(text.data(), text.size(), digest, &size, EVP_md5(), nullptr) == 1);
  uint64_t number = 0;
  for (size_t i = 8; i < 16; ++i) number = number << 8 | digest[i];
  return number;
}

std::string InCase(std::string_view text, bool lower) {
  std::string out(text);
  for (char& c : out) {
    if (lower && c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
    if (!lower && c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
  }
  return out;
}

// False: dropped.
bool Apply(const RelabelRule& rule, LabelMap& labels) {
  std::string value;
  for (size_t i = 0; i < rule.source_labels.size(); ++i) {
    if (i > 0) value += rule.separator;
    value += Get(labels, rule.source_labels[i]);
  }
  switch (rule.action) {
    case RelabelAction::kReplace: {
      const Match match(*rule.regex, value);
      if (match.matched()) {
        Set(labels, match.Expand(rule.target_label), match.Expand(rule.replacement));
      }
      return true;
    }
    case RelabelAction::kKeep:
      return Match(*rule.regex, value).matched();
    case RelabelAction::kDrop:
      return !Match(*rule.regex, value).matched();
    case RelabelAction::kKeepEqual:
      return Get(labels, rule.target_label) == value;
    case RelabelAction::kDropEqual:
      return Get(labels, rule.target_label) != value;
    case RelabelAction::kHashMod:
      Set(labels, rule.target_label, std::to_string(Md5Number(value) % rule.modulus));
      return true;
    case RelabelAction::kLowercase:
      Set(labels, rule.target_label, InCase(value, /*lower=*/true));
      return true;
    case RelabelAction::kUppercase:
      Set(labels, rule.target_label, InCase(value, /*lower=*/false));
      return true;
    case RelabelAction::kLabelMap: {
      const LabelMap before = labels;
      for (const auto& label : before) {
        const Match match(*rule.regex, label.first);
        if (match.matched()) Set(labels, match.Expand(rule.replacement), label.second);
      }
      return true;
    }
    case RelabelAction::kLabelDrop:
    case RelabelAction::kLabelKeep: {
      const bool drop_matching = rule.action == RelabelAction::kLabelDrop;
      std::erase_if(labels, [&](const auto& label) {
        return Match(*rule.regex, label.first).matched() == drop_matching;
      });
      return true;
    }
  }
  return true;
}

}  // namespace

std::optional<model::Labels> Relabel(const std::vector<RelabelRule>& rules,
                                     const model::Labels& labels) {
  if (rules.empty()) return labels;
  LabelMap map;
  for (const model::Label& label : labels) map[label.name] = label.value;
  for (const RelabelRule& rule : rules) {
    if (!Apply(rule, map)) return std::nullopt;
  }
  std::vector<model::Label> result;
  for (auto& label : map) result.push_back({label.first, std::move(label.second)});
  return model::Labels(std::move(result));
}

}  // namespace glint::scrape
