#include "codec/crc32c.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace glint::codec {
namespace {

// RFC 3720 B.4: what others compute.
TEST(Crc32cTest, KnownValues) {
  EXPECT_EQ(Crc32c(std::string(32, '\0')), 0x8a9136aau);
  EXPECT_EQ(Crc32c(std::string(32, '\xff')), 0x62a8ab43u);
  EXPECT_EQ(Crc32c("123456789"), 0xe3069283u);
  EXPECT_EQ(Crc32c(""), 0u);
}

// A file written on one processor is read on another.
TEST(Crc32cTest, InstructionAndTableAgreeAndContinue) {
  std::mt19937 random(1);
  std::string data;
  for (int i = 0; i < 300; ++i) {
    EXPECT_EQ(Crc32c(data), Crc32cByTable(data));
    const std::string_view view = data;
    EXPECT_EQ(Crc32c(view.substr(data.size() / 3), Crc32c(view.substr(0, data.size() / 3))),
              Crc32c(data));
    data += static_cast<char>(random());
  }
}

}  // namespace
}  // namespace glint::codec
