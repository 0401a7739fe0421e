#include "glint/exposition.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "exposition_writer.h"
#include "glint/registry.h"

namespace glint {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string Text(const Registry& registry) {
  return Serialize(registry, ExpositionFormat::kText004).body;
}
std::string OpenMetrics(const Registry& registry) {
  return Serialize(registry, ExpositionFormat::kOpenMetrics100).body;
}

// A scraper that asks for both gets the one that carries exemplars; curl gets what people read.
TEST(NegotiateFormatTest, FollowsQualities) {
  const struct {
    const char* accept;
    ExpositionFormat format;
  } cases[] = {
      {"", ExpositionFormat::kText004},
      {"*/*", ExpositionFormat::kText004},
      {"text/html", ExpositionFormat::kText004},
      {"application/openmetrics-text", ExpositionFormat::kOpenMetrics100},
      {"application/openmetrics-text;version=1.0.0;q=0.5,application/openmetrics-text;"
       "version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.3",
       ExpositionFormat::kOpenMetrics001},
      {"application/openmetrics-text; version=\"1.0.0\"; q=0.2, text/plain; q=0.9",
       ExpositionFormat::kText004},
      {"application/openmetrics-text;version=2.0.0,text/plain;q=0.1", ExpositionFormat::kText004},
      {"application/openmetrics-text;q=0,*/*;q=0.1", ExpositionFormat::kText004},
      {"text/plain,APPLICATION/OpenMetrics-Text", ExpositionFormat::kOpenMetrics100},
      {"application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,"
       "application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;"
       "escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2",
       ExpositionFormat::kOpenMetrics100},
      {";;;,,q=,=;q==;", ExpositionFormat::kText004},
  };
  for (const auto& [accept, format] : cases) EXPECT_EQ(NegotiateFormat(accept), format) << accept;
}

// The two formats disagree on what a counter's family is called; a parser refuses the wrong one.
TEST(ExpositionTest, CounterIsNamedAsEachFormatWants) {
  Registry registry;
  registry.AddCounter("jobs_total", "Jobs done.", {"kind"}).With("mail")->Add(uint64_t{3});
  EXPECT_EQ(
      Text(registry),
      "# HELP jobs_total Jobs done.\n# TYPE jobs_total counter\njobs_total{kind=\"mail\"} 3\n");
  EXPECT_EQ(OpenMetrics(registry),
            "# HELP jobs Jobs done.\n# TYPE jobs counter\njobs_total{kind=\"mail\"} 3\n# EOF\n");
}

TEST(ExpositionTest, UnitIsOpenMetricsOnly) {
  Registry registry;
  registry.AddGauge("queue_bytes", "", {}, {"bytes", {}}).With()->Set(1.5);
  EXPECT_EQ(Text(registry), "# TYPE queue_bytes gauge\nqueue_bytes 1.5\n");
  EXPECT_EQ(OpenMetrics(registry),
            "# TYPE queue_bytes gauge\n# UNIT queue_bytes bytes\nqueue_bytes 1.5\n# EOF\n");
}

// One unescaped quote makes a scraper drop the whole page.
TEST(ExpositionTest, EscapesLabelsAndHelp) {
  Registry registry;
  registry.AddGauge("g", "a \"b\" \\ \n c", {"path"}).With("C:\\x\n\"y\"\xff")->Set(1);
  EXPECT_EQ(Text(registry),
            "# HELP g a \"b\" \\\\ \\n c\n# TYPE g gauge\n"
            "g{path=\"C:\\\\x\\n\\\"y\\\"\xEF\xBF\xBD\"} 1\n");
  EXPECT_THAT(OpenMetrics(registry), HasSubstr("# HELP g a \\\"b\\\" \\\\ \\n c\n"));
}

TEST(ExpositionTest, NumbersReadBackAsTheyWere) {
  const auto text = [](double value) {
    std::string out;
    internal::AppendNumber(value, out);
    return out;
  };
  EXPECT_EQ(text(0.1), "0.1");
  EXPECT_EQ(text(1e100), "1e+100");
  EXPECT_EQ(text(-0.0), "-0");
  EXPECT_EQ(text(std::nan("")), "NaN");
  EXPECT_EQ(text(std::numeric_limits<double>::infinity()), "+Inf");
  EXPECT_EQ(text(-std::numeric_limits<double>::infinity()), "-Inf");
  EXPECT_EQ(std::stod(text(2.0 / 3)), 2.0 / 3);
}

// Prometheus keeps le="1" and le="1.0" as two series, so one program writes only one of them.
TEST(ExpositionTest, HistogramBoundsAreFloats) {
  Registry registry;
  HistogramOptions options;
  options.bounds = {0.5, 1, 1e9};
  const auto histogram = registry.AddHistogram("h", "", {}, options).With();
  for (const double value : {0.5, 0.6, 1.0, 7.0, 2e9}) histogram->Observe(value);
  EXPECT_EQ(Text(registry),
            "# TYPE h histogram\nh_bucket{le=\"0.5\"} 1\nh_bucket{le=\"1.0\"} 3\n"
            "h_bucket{le=\"1e+09\"} 4\nh_bucket{le=\"+Inf\"} 5\nh_count 5\nh_sum 2000000009.1\n");
}

TEST(ExpositionTest, ConstLabelsComeFirstOnEverySeries) {
  Registry registry(Labels{{"service", "cart"}});
  registry.AddGauge("g", "", {"x"}, {"", {{"zone", "a"}}}).With("1")->Set(2);
  EXPECT_THAT(Text(registry), HasSubstr("g{service=\"cart\",zone=\"a\",x=\"1\"} 2\n"));
}

TEST(ExpositionTest, CallbacksAreAskedAtEachScrape) {
  Registry registry;
  int calls = 0;
  registry.AddGaugeCallback("depth", "", [&calls] { return ++calls; });
  registry.AddCounterCallback("seen", "", {"what"}, [](SampleSink& sink) {
    sink.Add(1, {"a"});
    sink.Add(2, {"b"});
  });
  EXPECT_THAT(Text(registry), HasSubstr("depth 1\n"));
  EXPECT_THAT(Text(registry), HasSubstr("depth 2\n"));
  EXPECT_THAT(Text(registry), HasSubstr("seen_total{what=\"a\"} 1\nseen_total{what=\"b\"} 2\n"));
}

// The dot's ids, and only where the reader can take them.
TEST(ExpositionTest, ExemplarsAreInOpenMetricsOnly) {
  Registry registry;
  const auto histogram = registry.AddHistogram("h", "").With();
  SpanContext span;
  span.trace_id = {0x0af7651916cd43dd, 0x8448eb211c80319c};
  span.span_id = {0x00f067aa0ba902b7};
  span.flags = SpanContext::kSampledFlag;
  internal::current_span_context = &span;
  histogram->Observe(0.3);
  internal::current_span_context = nullptr;
  histogram->Observe(7);
  EXPECT_THAT(OpenMetrics(registry),
              HasSubstr("h_bucket{le=\"0.5\"} 1 # {trace_id=\"0af7651916cd43dd8448eb211c80319c\","
                        "span_id=\"00f067aa0ba902b7\"} 0.3 "));
  EXPECT_THAT(OpenMetrics(registry), HasSubstr("h_bucket{le=\"7.5\"} 2\n"));
  EXPECT_THAT(Text(registry), Not(HasSubstr(" # ")));
}

}  // namespace
}  // namespace glint
