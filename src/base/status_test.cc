#include "base/status.h"

#include <gtest/gtest.h>

#include <memory>

namespace glint {
namespace {

StatusOr<int> Half(int n) {
  if (n % 2 != 0) return InvalidArgument("{} is odd", n);
  return n / 2;
}

StatusOr<int> Quarter(int n) {
  ASSIGN_OR_RETURN(const int half, Half(n));
  return Half(half);
}

// A caller who prints an error must see what, where and the value.
TEST(StatusTest, ErrorKeepsItsCodeAndTextOnTheWayUp) {
  const StatusOr<int> result = Quarter(6);
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.status().ToString(), "INVALID_ARGUMENT: 3 is odd");
  EXPECT_EQ(result.status().At("line 4").message(), "line 4: 3 is odd");
}

TEST(StatusTest, ValueComesThrough) {
  const StatusOr<int> result = Quarter(8);
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(*result, 2);
}

TEST(StatusTest, MoveOnlyValuesMoveOut) {
  StatusOr<std::unique_ptr<int>> result = std::make_unique<int>(7);
  std::unique_ptr<int> taken = *std::move(result);
  EXPECT_EQ(*taken, 7);
}

TEST(StatusDeathTest, ReadingTheValueOfAnErrorNamesTheError) {
  EXPECT_DEATH({ (void)Half(3).value(); }, "3 is odd");
}

TEST(StatusTest, OkHasNoMessageAndStaysOk) {
  EXPECT_TRUE(OkStatus().At("anywhere").ok());
  EXPECT_EQ(CodeName(StatusCode::kDataLoss), "DATA_LOSS");
}

}  // namespace
}  // namespace glint
