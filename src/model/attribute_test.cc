#include "model/attribute.h"

#include <gtest/gtest.h>

namespace glint::model {
namespace {

TEST(AttributeTest, TextIsWhatAPersonWants) {
  EXPECT_EQ(AttributeText({std::string("GET")}), "GET");
  EXPECT_EQ(AttributeText({int64_t{200}}), "200");
  EXPECT_EQ(AttributeText({0.5}), "0.5");
  EXPECT_EQ(AttributeText({true}), "true");
  EXPECT_EQ(AttributeText({AttributeValue::List{{std::string("a\"b")}, {int64_t{1}}}}),
            "[\"a\\\"b\",1]");
  EXPECT_EQ(AttributeText({AttributeValue::Map{{"k", {Bytes{"foobar"}}}}}), "{\"k\":\"Zm9vYmFy\"}");
  EXPECT_EQ(AttributeText({}), "");
}

TEST(AttributeTest, FirstValueOfAKeyCounts) {
  const Attributes attributes{
      {"a", {std::string("1")}}, {"a", {std::string("2")}}, {"n", {int64_t{3}}}};
  EXPECT_EQ(StringAttribute(attributes, "a"), "1");
  EXPECT_EQ(StringAttribute(attributes, "n"), "");
  EXPECT_EQ(FindAttribute(attributes, "none"), nullptr);
}

}  // namespace
}  // namespace glint::model
