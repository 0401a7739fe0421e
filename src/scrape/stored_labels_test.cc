#include "scrape/stored_labels.h"

#include <gtest/gtest.h>

namespace glint::scrape {
namespace {

using model::Labels;

TEST(MergeLabels, CollisionsAreRenamedUnlessHonored) {
  const Labels scraped = {{"__name__", "m"}, {"job", "x"}, {"exported_job", "y"}, {"a", "b"}};
  const Labels target = {{"instance", "h"}, {"job", "app"}};
  EXPECT_EQ(MergeLabels(scraped, target, false).ToString(),
            R"(m{a="b", exported_exported_job="x", exported_job="y", instance="h", job="app"})");
  EXPECT_EQ(MergeLabels(scraped, target, true).ToString(),
            R"(m{a="b", exported_job="y", instance="h", job="x"})");
}

}  // namespace
}  // namespace glint::scrape
