#include "glint/sampler.h"

#include <gtest/gtest.h>

#include <cstdlib>

namespace glint {
namespace {

bool Samples(double ratio, uint64_t low) { return TraceIdRatio(ratio)->ShouldSample({}, {0, low}); }

// Two services that decide differently about one trace leave half of it.
TEST(SamplerTest, RatioLooksAtTheLastEightBytes) {
  const uint64_t half = uint64_t{1} << 63;
  EXPECT_TRUE(Samples(0.5, half - 1));
  EXPECT_FALSE(Samples(0.5, half));
  EXPECT_FALSE(Samples(0, 0));
  EXPECT_TRUE(Samples(1, ~uint64_t{0}));
  EXPECT_FALSE(Samples(-3, 0));
  EXPECT_TRUE(Samples(7, ~uint64_t{0}));
  // round(0.01 * 2**64) in Python.
  EXPECT_TRUE(Samples(0.01, 184467440737095520u - 1));
  EXPECT_FALSE(Samples(0.01, 184467440737095520u));
}

TEST(SamplerTest, ParentDecidesWhereThereIsOne) {
  SpanContext parent;
  parent.trace_id = {1, 1};
  parent.span_id = {1};
  EXPECT_FALSE(ParentBased(AlwaysOn())->ShouldSample(parent, parent.trace_id));
  parent.flags = SpanContext::kSampledFlag;
  EXPECT_TRUE(ParentBased(AlwaysOff())->ShouldSample(parent, parent.trace_id));
  EXPECT_TRUE(ParentBased(AlwaysOn())->ShouldSample({}, {1, 1}));
}

TEST(SamplerTest, EnvironmentNamesItsOwn) {
  const auto described = [](const char* name, const char* argument) {
    setenv("OTEL_TRACES_SAMPLER", name, 1);
    setenv("OTEL_TRACES_SAMPLER_ARG", argument, 1);
    const std::string description = SamplerFromEnvironment(AlwaysOff())->Description();
    unsetenv("OTEL_TRACES_SAMPLER");
    unsetenv("OTEL_TRACES_SAMPLER_ARG");
    return description;
  };
  EXPECT_EQ(described("", ""), "AlwaysOff");
  EXPECT_EQ(described("always_on", ""), "AlwaysOn");
  EXPECT_EQ(described("parentbased_traceidratio", "0.25"), "ParentBased{TraceIdRatio{0.25}}");
  EXPECT_EQ(described("traceidratio", "many"), "TraceIdRatio{1}");
  EXPECT_EQ(described("jaeger_remote", ""), "AlwaysOff");
}

}  // namespace
}  // namespace glint
