#include "api/search_tags.h"

#include <gtest/gtest.h>

namespace glint::api {
namespace {

using storage::SpanField;

TEST(SearchTagsTest, ReadsLogfmt) {
  const auto predicates =
      ParseSearchTags(" service.name=cart http.route=\"/a \\\"b\" resource.k8s=x name=GET");
  ASSERT_TRUE(predicates.ok());
  ASSERT_EQ(predicates->size(), 4u);
  EXPECT_EQ((*predicates)[0].field, SpanField::kServiceName);
  EXPECT_EQ((*predicates)[1].value, "/a \"b");
  EXPECT_EQ((*predicates)[2].field, SpanField::kResourceAttribute);
  EXPECT_EQ((*predicates)[2].key, "k8s");
  EXPECT_EQ((*predicates)[3].field, SpanField::kName);
}

TEST(SearchTagsTest, ErrorsSayWhere) {
  EXPECT_EQ(ParseSearchTags("a=b word").status().message(),
            "tags: expected key=value at position 4: \"word\"");
  EXPECT_FALSE(ParseSearchTags("a=\"b").ok());
  EXPECT_FALSE(ParseSearchTags("=b").ok());
  EXPECT_TRUE(ParseSearchTags("").ok());
}

}  // namespace
}  // namespace glint::api
