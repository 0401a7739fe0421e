#include "model/matcher.h"

#include <re2/re2.h>

#include <algorithm>

#include "base/escape.h"

namespace glint::model {
namespace {

// A long pattern of a user is no reason to hold much memory.
constexpr int64_t kMaxRegexBytes = 8 << 20;

// The alternatives of a pattern that has no other operator than '|', else none.
std::vector<std::string> LiteralAlternatives(std::string_view pattern) {
  if (pattern.find_first_of("\\.+*?()[]{}^$") != std::string_view::npos) return {};
  std::vector<std::string> out;
  size_t start = 0;
  for (size_t i = 0; i <= pattern.size(); ++i) {
    if (i < pattern.size() && pattern[i] != '|') continue;
    out.emplace_back(pattern.substr(start, i - start));
    start = i + 1;
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

}  // namespace

std::string_view MatchOpText(MatchOp op) {
  switch (op) {
    case MatchOp::kEqual:
      return "=";
    case MatchOp::kNotEqual:
      return "!=";
    case MatchOp::kRegex:
      return "=~";
    case MatchOp::kNotRegex:
      return "!~";
  }
  return "?";
}

Matcher::Matcher(MatchOp op, std::string name, std::string value)
    : op_(op), name_(std::move(name)), value_(std::move(value)) {}

Matcher Matcher::Equal(std::string name, std::string value) {
  return Matcher(MatchOp::kEqual, std::move(name), std::move(value));
}

StatusOr<Matcher> Matcher::Make(MatchOp op, std::string name, std::string value) {
  Matcher matcher(op, std::move(name), std::move(value));
  if (op == MatchOp::kRegex || op == MatchOp::kNotRegex) {
    re2::RE2::Options options;
    options.set_log_errors(false);
    options.set_dot_nl(true);
    options.set_max_mem(kMaxRegexBytes);
    matcher.regex_ = std::make_shared<const re2::RE2>(matcher.value_, options);
    if (!matcher.regex_->ok()) {
      return InvalidArgument("error parsing regexp: {}: `{}`", matcher.regex_->error(),
                             Excerpt(matcher.value_));
    }
    if (op == MatchOp::kRegex) matcher.literals_ = LiteralAlternatives(matcher.value_);
  }
  return matcher;
}

bool Matcher::Matches(std::string_view value) const {
  switch (op_) {
    case MatchOp::kEqual:
      return value == value_;
    case MatchOp::kNotEqual:
      return value != value_;
    case MatchOp::kRegex:
      if (!literals_.empty()) {
        return std::binary_search(literals_.begin(), literals_.end(), value);
      }
      return re2::RE2::FullMatch(re2::StringPiece(value.data(), value.size()), *regex_);
    case MatchOp::kNotRegex:
      return !re2::RE2::FullMatch(re2::StringPiece(value.data(), value.size()), *regex_);
  }
  return false;
}

std::string Matcher::ToString() const {
  const std::string name =
      IsLegacyLabelName(name_) ? name_ : fmt::format("\"{}\"", EscapeJson(name_));
  return fmt::format("{}{}\"{}\"", name, MatchOpText(op_), EscapeJson(value_));
}

}  // namespace glint::model
