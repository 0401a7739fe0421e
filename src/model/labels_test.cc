#include "model/labels.h"

#include <gtest/gtest.h>

namespace glint::model {
namespace {

// Two spellings of one series must be one series, or a query sees it twice.
TEST(LabelsTest, OrderRepeatsAndEmptyValuesDoNotMatter) {
  const Labels a{{"job", "x"}, {"__name__", "up"}, {"gone", ""}, {"zone", "old"}, {"zone", "new"}};
  const Labels b{{"__name__", "up"}, {"zone", "new"}, {"job", "x"}};
  EXPECT_EQ(a, b);
  EXPECT_EQ(a.Hash(), b.Hash());
  EXPECT_EQ(a.size(), 3u);
  EXPECT_EQ(a.metric_name(), "up");
  EXPECT_EQ(a.Get("gone"), "");
}

TEST(LabelsTest, HashTellsBoundariesApart) {
  EXPECT_NE((Labels{{"ab", "c"}}).Hash(), (Labels{{"a", "bc"}}).Hash());
}

TEST(LabelsTest, WithSetsReplacesAndRemoves) {
  const Labels labels{{"__name__", "up"}, {"job", "x"}};
  EXPECT_EQ(labels.With("job", "y").Get("job"), "y");
  EXPECT_EQ(labels.With("a", "b").size(), 3u);
  EXPECT_EQ(labels.Without("__name__"), (Labels{{"job", "x"}}));
  EXPECT_EQ(labels.Without("none"), labels);
}

TEST(LabelsTest, PrintsAsPromQLReads) {
  EXPECT_EQ((Labels{{"__name__", "up"}, {"job", "a\"b\n"}}).ToString(), "up{job=\"a\\\"b\\n\"}");
  EXPECT_EQ((Labels{{"__name__", "a.b"}, {"c.d", "e"}}).ToString(), "{\"a.b\", \"c.d\"=\"e\"}");
  EXPECT_EQ((Labels{{"__name__", "a.b"}, {"Zone", "c"}}).ToString(), "{\"a.b\", Zone=\"c\"}");
  EXPECT_EQ(Labels().ToString(), "{}");
}

}  // namespace
}  // namespace glint::model
