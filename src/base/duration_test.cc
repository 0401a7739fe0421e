#include "base/duration.h"

#include <gtest/gtest.h>

namespace glint {
namespace {

TEST(DurationTest, ReadsWhatPrometheusReads) {
  EXPECT_EQ(*ParseDurationMs("5m"), 300'000);
  EXPECT_EQ(*ParseDurationMs("1h30m"), 5'400'000);
  EXPECT_EQ(*ParseDurationMs("250ms"), 250);
  EXPECT_EQ(*ParseDurationMs("0"), 0);
  EXPECT_EQ(*ParseDurationMs("1y2w3d4h5m6s7ms"),
            ((((365ll + 14 + 3) * 24 + 4) * 60 + 5) * 60 + 6) * 1000 + 7);
}

// A typo in a configuration must not become another interval in silence.
TEST(DurationTest, RefusesWrongOrderRepeatsAndOtherUnits) {
  for (const char* text : {"", "5", "m", "5m1h", "5m5m", "5 m", "-5m", "1.5h", "5x", "5M", "1s1",
                           "999999999999999999999y", "300y"}) {
    EXPECT_FALSE(ParseDurationMs(text).ok()) << text;
  }
}

TEST(DurationTest, ReadsGosDurations) {
  EXPECT_EQ(*ParseGoDurationNs("1.5s"), 1'500'000'000);
  EXPECT_EQ(*ParseGoDurationNs("1h30m"), 5'400'000'000'000);
  EXPECT_EQ(*ParseGoDurationNs("300us"), 300'000);
  EXPECT_EQ(*ParseGoDurationNs("-2ms"), -2'000'000);
  EXPECT_EQ(*ParseGoDurationNs("0"), 0);
  for (const char* text : {"", "-", "5", "5d", "1..2s", "s", "1e3s", "99999999999h"}) {
    EXPECT_FALSE(ParseGoDurationNs(text).ok()) << text;
  }
}

TEST(DurationTest, PrintsTheShortestFormThatReadsBack) {
  EXPECT_EQ(FormatDurationMs(0), "0s");
  EXPECT_EQ(FormatDurationMs(5'400'000), "1h30m");
  EXPECT_EQ(FormatDurationMs(14ll * 86'400'000), "2w");
  EXPECT_EQ(FormatDurationMs(15ll * 86'400'000), "15d");
  EXPECT_EQ(FormatDurationMs(1'250), "1s250ms");
}

}  // namespace
}  // namespace glint
