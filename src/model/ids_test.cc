#include "model/ids.h"

#include <gtest/gtest.h>

namespace glint::model {
namespace {

TEST(IdsTest, HexRoundTripsAndPadsOnTheLeft) {
  const auto id = TraceId::FromHex("0AF7651916cd43dd8448eb211c80319c");
  ASSERT_TRUE(id.has_value());
  EXPECT_EQ(id->ToHex(), "0af7651916cd43dd8448eb211c80319c");
  EXPECT_EQ(SpanId::FromHex("abc")->ToHex(), "0000000000000abc");
}

// A label that only looks like an id must stay a label.
TEST(IdsTest, RefusesWhatIsNoId) {
  EXPECT_FALSE(SpanId::FromHex("").has_value());
  EXPECT_FALSE(SpanId::FromHex("zz").has_value());
  EXPECT_FALSE(SpanId::FromHex("0af7651916cd43dd8").has_value());
  EXPECT_FALSE(TraceId::FromBytes("short").has_value());
  EXPECT_TRUE(TraceId().IsZero());
}

}  // namespace
}  // namespace glint::model
