// A condition on one label: name="value" and its three relatives.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/status.h"
#include "model/labels.h"

namespace re2 {
class RE2;
}

namespace glint::model {

enum class MatchOp : uint8_t { kEqual, kNotEqual, kRegex, kNotRegex };

// "=", "!=", "=~" or "!~".
std::string_view MatchOpText(MatchOp op);

// A label that is absent has the empty value. Regexes are RE2, anchored at both ends, '.' matches
// line ends too. Cheap to copy (the compiled regex is shared). Thread-safe to match with.
class Matcher {
 public:
  // INVALID_ARGUMENT: the regex does not compile; the text names the place.
  static StatusOr<Matcher> Make(MatchOp op, std::string name, std::string value);
  static Matcher Equal(std::string name, std::string value);

  bool Matches(std::string_view value) const;
  bool Matches(const Labels& labels) const { return Matches(labels.Get(name_)); }
  bool MatchesEmpty() const { return Matches(std::string_view()); }

  MatchOp op() const { return op_; }
  const std::string& name() const { return name_; }
  const std::string& value() const { return value_; }
  // For kRegex, a non-empty set of literals that is all it can match ("a|b|c"); else empty.
  const std::vector<std::string>& literals() const { return literals_; }

  std::string ToString() const;  // job="x"

 private:
  Matcher(MatchOp op, std::string name, std::string value);

  MatchOp op_;
  std::string name_;
  std::string value_;
  std::vector<std::string> literals_;
  std::shared_ptr<const re2::RE2> regex_;  // Set for kRegex and kNotRegex.
};

}  // namespace glint::model
