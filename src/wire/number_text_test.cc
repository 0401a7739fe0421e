#include "wire/number_text.h"

#include <gtest/gtest.h>

#include <limits>

namespace glint::wire {
namespace {

// A bound in another spelling is another series: histogram_quantile would miss a bucket.
TEST(CanonicalFloatTest, IsAsGoAndPrometheusWriteIt) {
  EXPECT_EQ(CanonicalFloat(0), "0.0");
  EXPECT_EQ(CanonicalFloat(1), "1.0");
  EXPECT_EQ(CanonicalFloat(-1), "-1.0");
  EXPECT_EQ(CanonicalFloat(0.005), "0.005");
  EXPECT_EQ(CanonicalFloat(0.0001), "0.0001");
  EXPECT_EQ(CanonicalFloat(0.00001), "1e-05");
  EXPECT_EQ(CanonicalFloat(100000), "100000.0");
  EXPECT_EQ(CanonicalFloat(123456.75), "123456.75");
  EXPECT_EQ(CanonicalFloat(1000000), "1e+06");
  EXPECT_EQ(CanonicalFloat(1234567), "1.234567e+06");
  EXPECT_EQ(CanonicalFloat(1e23), "1e+23");
  EXPECT_EQ(CanonicalFloat(std::numeric_limits<double>::infinity()), "+Inf");
  EXPECT_EQ(CanonicalFloat(-std::numeric_limits<double>::infinity()), "-Inf");
  EXPECT_EQ(CanonicalFloat(std::numeric_limits<double>::quiet_NaN()), "NaN");
}

TEST(SecondsToMsTest, RoundsAndStaysInRange) {
  EXPECT_EQ(SecondsToMs(1234.567), 1234567);
  EXPECT_EQ(SecondsToMs(-0.0014), -1);
  EXPECT_EQ(SecondsToMs(1e300), std::numeric_limits<int64_t>::max());
  EXPECT_EQ(SecondsToMs(-1e300), std::numeric_limits<int64_t>::min());
}

TEST(ParseIntTest, OnlyWholeNumbersOf64Bits) {
  EXPECT_EQ(ParseInt("+12"), 12);
  EXPECT_EQ(ParseInt("-9223372036854775808"), std::numeric_limits<int64_t>::min());
  for (const char* bad : {"", "+", "+-1", "1.0", " 1", "1 ", "9223372036854775808", "0x1"}) {
    EXPECT_FALSE(ParseInt(bad)) << bad;
  }
}

}  // namespace
}  // namespace glint::wire
