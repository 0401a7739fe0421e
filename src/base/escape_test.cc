#include "base/escape.h"

#include <gtest/gtest.h>

#include "base/utf8.h"

namespace glint {
namespace {

// A label value with any bytes must never break the JSON of an answer.
TEST(EscapeTest, JsonStaysValidWhateverTheBytes) {
  EXPECT_EQ(EscapeJson("a\"b\\c\n\x01"), "a\\\"b\\\\c\\n\\u0001");
  EXPECT_EQ(EscapeJson("\xff"
                       "x\xc3\xa9"),
            "\xef\xbf\xbdx\xc3\xa9");
}

TEST(EscapeTest, ExcerptCutsBetweenCharacters) {
  EXPECT_EQ(Excerpt("caf\xc3\xa9s", 4), "caf...");
  EXPECT_EQ(Excerpt("short\n", 80), "short\\n");
}

TEST(Utf8Test, RefusesOverlongSurrogatesAndTruncation) {
  EXPECT_TRUE(IsValidUtf8("plain ascii, long enough for words"));
  EXPECT_TRUE(IsValidUtf8("\xf0\x9f\x98\x80 \xe2\x82\xac"));
  EXPECT_FALSE(IsValidUtf8("\xc0\xaf"));
  EXPECT_FALSE(IsValidUtf8("\xed\xa0\x80"));
  EXPECT_FALSE(IsValidUtf8("12345678\xe2\x82"));
  EXPECT_FALSE(IsValidUtf8("\xf5\x80\x80\x80"));
  EXPECT_EQ(Utf8CharCount("a\xc3\xa9\xff"), 3u);
}

}  // namespace
}  // namespace glint
