#include "codec/byte_reader.h"

#include <gtest/gtest.h>

#include <cmath>

namespace glint::codec {
namespace {

TEST(ByteReaderTest, ReadsWhatWasWritten) {
  const uint64_t numbers[] = {0, 1, 127, 128, 300, 1ull << 32, UINT64_MAX};
  const int64_t signed_numbers[] = {0, -1, 1, INT64_MIN, INT64_MAX};
  ByteWriter out;
  for (const uint64_t number : numbers) out.Varint(number);
  for (const int64_t number : signed_numbers) out.SignedVarint(number);
  out.Double(-0.0);
  out.Text("text");
  ByteReader in(out.bytes());
  for (const uint64_t number : numbers) EXPECT_EQ(in.Varint(), number);
  for (const int64_t number : signed_numbers) EXPECT_EQ(in.SignedVarint(), number);
  EXPECT_TRUE(std::signbit(in.Double()));
  EXPECT_EQ(in.Text(), "text");
  EXPECT_TRUE(in.ok());
  EXPECT_EQ(in.left(), 0u);
}

TEST(ByteReaderTest, TheEndIsAnErrorThatStays) {
  ByteReader in("\5abc");
  EXPECT_EQ(in.Text(), "");
  EXPECT_FALSE(in.ok());
  EXPECT_EQ(in.U8(), 0);
  ByteReader endless("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01");
  EXPECT_EQ(endless.Varint(), 0u);
  EXPECT_FALSE(endless.ok());
}

// A damaged count must not ask for memory.
TEST(ByteReaderTest, NoCountBeyondWhatCanFollow) {
  ByteWriter out;
  out.Varint(1'000'000'000);
  ByteReader in(out.bytes());
  EXPECT_EQ(in.Count(1), 0u);
  EXPECT_FALSE(in.ok());
}

}  // namespace
}  // namespace glint::codec
