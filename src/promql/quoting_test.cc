#include "promql/quoting.h"

#include <gtest/gtest.h>

#include <limits>

namespace glint::promql {
namespace {

TEST(QuotingTest, QuotedTextReadsBack) {
  for (const std::string text : {"", "a", "a\"b\\c", "\n\t\x01", "é", "\xff", "`"}) {
    const auto back = Unquote(Quote(text));
    ASSERT_TRUE(back.ok()) << Quote(text);
    EXPECT_EQ(*back, text);
  }
  EXPECT_EQ(Quote("a\xc5z\n"), "\"a\\xc5z\\n\"");
}

TEST(QuotingTest, EscapesThatDoNotExistAreRefused) {
  for (const std::string_view text : {"\"\\q\"", "\"\\x1\"", "\"\\u12\"", "\"\\ud800\"", "\"\\'\"",
                                      "\"\\400\"", "\"\\\"", "'", "\"a'"}) {
    EXPECT_FALSE(Unquote(text).ok()) << text;
  }
  EXPECT_EQ(*Unquote("'\\101\\x42\\u0043'"), "ABC");
  EXPECT_EQ(*Unquote("`\\n`"), "\\n");
}

TEST(QuotingTest, NumbersAsGoWritesThem) {
  EXPECT_EQ(FormatG(1e6), "1e+06");
  EXPECT_EQ(FormatG(123456), "123456");
  EXPECT_EQ(FormatG(-1.1), "-1.1");
  EXPECT_EQ(FormatG(0.0001), "0.0001");
  EXPECT_EQ(FormatG(0.00001), "1e-05");
  EXPECT_EQ(FormatG(std::numeric_limits<double>::infinity()), "+Inf");
  EXPECT_EQ(FormatF(1e6), "1000000");
  EXPECT_EQ(FormatF(0.00001), "0.00001");
}

}  // namespace
}  // namespace glint::promql
