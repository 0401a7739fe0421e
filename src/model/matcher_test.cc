#include "model/matcher.h"

#include <gtest/gtest.h>

namespace glint::model {
namespace {

Matcher Regex(std::string value) { return *Matcher::Make(MatchOp::kRegex, "l", std::move(value)); }

TEST(MatcherTest, RegexIsAnchoredAtBothEnds) {
  EXPECT_TRUE(Regex("a.c").Matches("abc"));
  EXPECT_TRUE(Regex("a.c").Matches("a\nc"));
  EXPECT_FALSE(Regex("a.c").Matches("xabcx"));
  EXPECT_FALSE(Matcher::Make(MatchOp::kNotRegex, "l", "a.c")->Matches("abc"));
}

TEST(MatcherTest, AlternativesBecomeASetOfLiterals) {
  EXPECT_EQ(Regex("b|a|b").literals(), (std::vector<std::string>{"a", "b"}));
  EXPECT_TRUE(Regex("a.|b").literals().empty());
  EXPECT_TRUE(Regex("a|").MatchesEmpty());
}

TEST(MatcherTest, AbsentLabelHasTheEmptyValue) {
  EXPECT_TRUE(Matcher::Equal("none", "").Matches(Labels{{"a", "b"}}));
  EXPECT_FALSE(Matcher::Make(MatchOp::kNotEqual, "none", "")->Matches(Labels{{"a", "b"}}));
}

TEST(MatcherTest, BadRegexSaysWhat) {
  const auto bad = Matcher::Make(MatchOp::kRegex, "l", "a(b");
  ASSERT_FALSE(bad.ok());
  EXPECT_NE(bad.status().message().find("missing )"), std::string_view::npos);
}

}  // namespace
}  // namespace glint::model
