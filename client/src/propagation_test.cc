#include "glint/propagation.h"

#include <gtest/gtest.h>

namespace glint {
namespace {

constexpr char kHeader[] = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

// If this breaks, every trace ends at the first C++ service.
TEST(TraceParentTest, ReadsAndWritesTheSame) {
  const SpanContext context = ParseTraceParent(kHeader);
  EXPECT_EQ(context.trace_id.Hex(), "0af7651916cd43dd8448eb211c80319c");
  EXPECT_EQ(context.span_id.Hex(), "b7ad6b7169203331");
  EXPECT_TRUE(context.IsSampled());
  EXPECT_TRUE(context.remote);
  EXPECT_EQ(FormatTraceParent(context), kHeader);
  EXPECT_EQ(FormatTraceParent(SpanContext()), "");
}

TEST(TraceParentTest, RefusesWhatTheRecommendationRefuses) {
  for (const char* const header : {"", "00", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
                                   "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                                   "00-00000000000000000000000000000000-b7ad6b7169203331-01",
                                   "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
                                   "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
                                   "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more",
                                   "01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01more",
                                   "00_0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                                   "0x-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                                   "00-0af7651916cd43dd8448eb211c8031 c-b7ad6b7169203331-01"}) {
    EXPECT_FALSE(ParseTraceParent(header).IsValid()) << header;
  }
}

TEST(TraceParentTest, ReadsLaterVersionsAsFarAsItKnowsThem) {
  const std::string later = "cc" + std::string(kHeader).substr(2) + "-what-comes";
  EXPECT_TRUE(ParseTraceParent(later).IsSampled());
}

// Flags that we don't know are not ours to pass on.
TEST(TraceParentTest, WritesOnlyTheSampledFlag) {
  SpanContext context = ParseTraceParent(kHeader);
  context.flags = 0xfe;
  EXPECT_EQ(FormatTraceParent(context).substr(53), "00");
  context.flags = 0xff;
  EXPECT_EQ(FormatTraceParent(context).substr(53), "01");
}

TEST(TraceStateTest, PassesOnWhatIsWellFormedAndNothingElse) {
  for (const char* const good : {"a=1", "vendor@tenant=opaque,b=2", "a=1, b=2 ,,c=3"}) {
    EXPECT_EQ(CheckedTraceState(good), good);
  }
  std::string many;
  for (int i = 0; i < 33; ++i) many += "k" + std::to_string(i) + "=1,";
  for (const std::string& bad :
       {std::string("novalue"), std::string("UPPER=1"), std::string("a=b=c"), std::string("=1"),
        many, "a=" + std::string(511, 'x'), std::string("a=1\r\nX-Evil: 1")}) {
    EXPECT_EQ(CheckedTraceState(bad), "") << bad;
  }
}

}  // namespace
}  // namespace glint
