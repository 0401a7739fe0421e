#include "tsdb/part_packing.h"

#include <gtest/gtest.h>

#include <random>

namespace glint::tsdb {
namespace {

std::string Random(size_t size) {
  std::mt19937_64 random(size);
  std::string bytes(size, '\0');
  for (char& c : bytes) c = static_cast<char>(random());
  return bytes;
}

TEST(PartPackingTest, WhatIsPackedComesBack) {
  for (const size_t size : {0, 1, 47, 48, 1000, 300'000}) {
    for (const std::string& bytes : {Random(size), std::string(size, 'x')}) {
      const std::string packed = Pack(bytes);
      EXPECT_LE(packed.size(), bytes.size() + 3);
      std::string room;
      const auto unpacked = Unpack(packed, room);
      ASSERT_TRUE(unpacked.ok()) << unpacked.status().ToString();
      EXPECT_EQ(*unpacked, bytes);
    }
  }
  EXPECT_LT(Pack(std::string(1000, 'x')).size(), 40u);
}

TEST(PartPackingTest, OtherBytesAreRefused) {
  const std::string packed = Pack(std::string(1000, 'x'));
  std::string room;
  for (size_t length = 0; length < packed.size(); ++length) {
    EXPECT_FALSE(Unpack(packed.substr(0, length), room).ok()) << length;
  }
  EXPECT_FALSE(Unpack(packed, room, 999).ok());
  EXPECT_FALSE(Unpack(Pack("abc") + "d", room).ok());
}

}  // namespace
}  // namespace glint::tsdb
