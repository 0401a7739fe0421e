#include "wire/number_text.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <bit>
#include <cstdlib>
#include <limits>
#include <random>
#include <string>

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

// Short decimals are read by one multiplication, others by the library: the same double, always.
TEST(ParseFloat, IsTheNearestDoubleHoweverItIsWritten) {
  const uint64_t seed = std::random_device()();
  SCOPED_TRACE(seed);
  std::mt19937_64 random(seed);
  for (int i = 0; i < 300'000; ++i) {
    std::string text = random() % 2 == 0 ? "-" : "";
    text += std::to_string(random() >> (random() % 64));
    if (random() % 2 == 0) text.insert(text.size() - random() % text.size(), ".");
    if (text == "." || text == "-.") text = "0.";
    if (random() % 4 == 0) text += fmt::format("e{:+}", static_cast<int>(random() % 60) - 30);
    char* end = nullptr;
    const double wanted = std::strtod(text.c_str(), &end);
    ASSERT_EQ(*end, '\0') << text;
    const auto number = ParseFloat(text);
    ASSERT_TRUE(number.has_value()) << text;
    ASSERT_EQ(std::bit_cast<uint64_t>(*number), std::bit_cast<uint64_t>(wanted)) << text;
  }
}

}  // namespace
}  // namespace glint::wire
