#include "tsdb/part_cache.h"

#include <gtest/gtest.h>

namespace glint::tsdb {
namespace {

std::shared_ptr<const int> Value(int value) { return std::make_shared<const int>(value); }

TEST(PartCacheTest, HoldsWhatFits) {
  PartCache<int> cache(4, 100);
  cache.Put(1, Value(10), 25);
  cache.Put(2, Value(20), 25);
  ASSERT_NE(cache.Find(1), nullptr);
  EXPECT_EQ(*cache.Find(2), 20);
  EXPECT_EQ(cache.Find(3), nullptr);
  EXPECT_EQ(cache.Find(5), nullptr);  // The slot of 1.
  cache.Put(5, Value(50), 25);
  EXPECT_EQ(cache.Find(1), nullptr);
  cache.Put(3, Value(30), 26);  // More than a fourth.
  EXPECT_EQ(cache.Find(3), nullptr);
}

TEST(PartCacheTest, MakesRoomByLettingGo) {
  PartCache<int> cache(8, 100);
  for (uint64_t key = 0; key < 8; ++key) cache.Put(key, Value(1), 25);
  int held = 0;
  for (uint64_t key = 0; key < 8; ++key) held += cache.Find(key) != nullptr ? 1 : 0;
  EXPECT_EQ(held, 4);
  EXPECT_NE(cache.Find(7), nullptr);
}

}  // namespace
}  // namespace glint::tsdb
