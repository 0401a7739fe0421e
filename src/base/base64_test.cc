#include "base/base64.h"

#include <gtest/gtest.h>

namespace glint {
namespace {

TEST(Base64Test, KnownVectorsOfRfc4648) {
  EXPECT_EQ(Base64Encode(""), "");
  EXPECT_EQ(Base64Encode("f"), "Zg==");
  EXPECT_EQ(Base64Encode("fo"), "Zm8=");
  EXPECT_EQ(Base64Encode("foobar"), "Zm9vYmFy");
  EXPECT_EQ(Base64Decode("Zm9vYmE="), "fooba");
  EXPECT_EQ(Base64Decode("Zm9vYmE"), "fooba");
  EXPECT_EQ(Base64Decode("-_8"), "\xfb\xff");
}

TEST(Base64Test, RefusesWhatIsNone) {
  EXPECT_FALSE(Base64Decode("Zg=").has_value() && *Base64Decode("Zg=") != "f");
  EXPECT_FALSE(Base64Decode("Z").has_value());
  EXPECT_FALSE(Base64Decode("Z m9").has_value());
}

}  // namespace
}  // namespace glint
