#include "base/version.h"

#include <gtest/gtest.h>

namespace glint {
namespace {

TEST(VersionTest, IsThreeNumbers) {
  int dots = 0;
  for (const char c : Version()) dots += c == '.';
  EXPECT_EQ(dots, 2) << Version();
  EXPECT_FALSE(Compiler().empty());
}

}  // namespace
}  // namespace glint
