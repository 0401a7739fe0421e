#include "wire/exposition.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace glint::wire {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr std::string_view kOpenMetrics = "application/openmetrics-text; version=1.0.0";
constexpr std::string_view kText = "text/plain; version=0.0.4";

ParsedScrape Parse(std::string_view body, std::string_view type = kOpenMetrics) {
  auto scrape = ParseExposition(body, type, ParseMode::kScrape);
  EXPECT_TRUE(scrape.ok()) << scrape.status().ToString();
  return scrape.ok() ? *std::move(scrape) : ParsedScrape();
}

std::string ErrorOf(std::string_view body, std::string_view type = kOpenMetrics) {
  const auto scrape = ParseExposition(body, type, ParseMode::kScrape);
  return scrape.ok() ? "accepted" : std::string(scrape.status().message());
}

// The heatmap's dots come through exactly this: a bucket, its exemplar, their ids.
TEST(OpenMetricsTest, BucketKeepsItsExemplarWithIds) {
  const ParsedScrape scrape = Parse(
      "# TYPE h histogram\n"
      "h_bucket{name=\"foo\",le=\"1\"} 3 # "
      "{trace_id=\"0af7651916cd43dd8448eb211c80319c\",span_id=\"b7ad6b7169203331\",k=\"v\"} "
      "0.67 1700000000.123\n"
      "# EOF\n");
  ASSERT_THAT(scrape.samples, SizeIs(1));
  ASSERT_THAT(scrape.exemplars, SizeIs(1));
  EXPECT_EQ(scrape.samples[0].exemplar, 0);
  const ParsedExemplar& parsed = scrape.exemplars[0];
  EXPECT_TRUE(parsed.has_time);
  EXPECT_EQ(parsed.exemplar.time, 1700000000123);
  EXPECT_EQ(parsed.exemplar.value, 0.67);
  EXPECT_EQ(parsed.exemplar.trace_id.ToHex(), "0af7651916cd43dd8448eb211c80319c");
  EXPECT_EQ(parsed.exemplar.span_id.ToHex(), "b7ad6b7169203331");
  EXPECT_EQ(parsed.exemplar.labels, model::Labels({{"k", "v"}}));
}

// Scrape loops key their caches on this text; dashboards ask for le="1.0", as Prometheus 3 has it.
TEST(OpenMetricsTest, SeriesTextIsAsSentAndItsLabelsAreCanonical) {
  const ParsedScrape scrape =
      Parse("# TYPE h histogram\nh_bucket{le=\"1\",a=\"\"} 3\nh_bucket{le=\"2000000\"} 3\n# EOF\n");
  ASSERT_THAT(scrape.samples, SizeIs(2));
  EXPECT_EQ(scrape.samples[0].series, "h_bucket{le=\"1\",a=\"\"}");
  EXPECT_EQ(SeriesLabels(scrape.samples[0]),
            model::Labels({{"__name__", "h_bucket"}, {"le", "1.0"}}));
  EXPECT_EQ(SeriesLabels(scrape.samples[1]).Get("le"), "2e+06");
}

// Only a histogram's own buckets have a numeric le; somebody's label of that name is text.
TEST(OpenMetricsTest, LabelLeElsewhereStaysAsSent) {
  const ParsedScrape scrape = Parse("# TYPE g gauge\ng{le=\"1\",quantile=\"1\"} 3\n# EOF\n");
  EXPECT_EQ(SeriesLabels(scrape.samples[0]).Get("le"), "1");
  EXPECT_EQ(SeriesLabels(scrape.samples[0]).Get("quantile"), "1");
}

// rate() over a restarted process needs to know when counting began.
TEST(OpenMetricsTest, CreatedBecomesStartTimeOfItsPoint) {
  const ParsedScrape scrape = Parse(
      "# TYPE h histogram\n"
      "h_bucket{x=\"a\",y=\"1\",le=\"1\"} 0\n"
      "h_bucket{y=\"1\",x=\"a\",le=\"+Inf\"} 0\n"
      "h_count{x=\"a\",y=\"1\"} 0\n"
      "h_created{x=\"a\",y=\"1\"} 1.5\n"
      "h_count{x=\"b\",y=\"1\"} 0\n"
      "# TYPE c counter\n"
      "c_total 1\n"
      "# EOF\n");
  ASSERT_THAT(scrape.samples, SizeIs(6));
  EXPECT_EQ(scrape.samples[0].start_time, 1500);
  EXPECT_EQ(scrape.samples[1].start_time, 1500);
  EXPECT_EQ(scrape.samples[2].start_time, 1500);
  EXPECT_TRUE(scrape.samples[3].is_created);
  EXPECT_EQ(scrape.samples[4].start_time, 0);
  EXPECT_EQ(scrape.samples[5].start_time, 0);
  EXPECT_FALSE(scrape.samples[5].is_created);
}

// A connection that breaks half way must not look like a target that lost its series.
TEST(OpenMetricsTest, WithoutEofTheScrapeIsRefused) {
  EXPECT_THAT(ErrorOf("a 1\n"), HasSubstr("does not end with # EOF"));
  EXPECT_THAT(ErrorOf(""), HasSubstr("does not end with # EOF"));
  EXPECT_THAT(ErrorOf("a 1\n# EOF\nb 1\n"), HasSubstr("line 3: `b 1` after # EOF"));
  EXPECT_EQ(ErrorOf("a 1\n# EOF"), "accepted");
}

// Who reads the log has to find the place in a body of ten thousand lines.
TEST(OpenMetricsTest, ErrorNamesLinePlaceAndText) {
  EXPECT_EQ(ErrorOf("a 1\nb{c=1} 2\n# EOF\n"),
            "line 2: expected a label value in double quotes at byte 5, got `1} 2`");
  EXPECT_EQ(ErrorOf("a x\n# EOF\n"), "line 1: value of `a` is no number: `x`");
  EXPECT_THAT(ErrorOf("a 1 2 3\n# EOF\n"), HasSubstr("got ` 3`"));
  EXPECT_THAT(ErrorOf("a{b=\"1\",b=\"2\"} 1\n# EOF\n"), HasSubstr("label b stands twice"));
  EXPECT_THAT(ErrorOf("a{b=\"\xff\"} 1\n# EOF\n"), HasSubstr("not UTF-8"));
  EXPECT_THAT(ErrorOf("# TYPE a meh\n# EOF\n"), HasSubstr("type of a is `meh`"));
  EXPECT_THAT(ErrorOf("# TYPE a gauge\n# UNIT a seconds\n# EOF\n"), HasSubstr("unit seconds"));
}

TEST(OpenMetricsTest, MetadataIsUnitedByFamily) {
  const ParsedScrape scrape = Parse(
      "# HELP a_seconds say \\\"hi\\\"\\n\n# TYPE a_seconds counter\n# UNIT a_seconds seconds\n"
      "a_seconds_total 1\n# EOF\n");
  ASSERT_THAT(scrape.metadata, SizeIs(1));
  EXPECT_EQ(scrape.metadata[0], (model::MetricMetadata{"a_seconds", model::MetricType::kCounter,
                                                       "say \"hi\"\n", "seconds"}));
  EXPECT_EQ(scrape.samples[0].family, 0);
}

// Scrapes of Prometheus are lax: what its strict sibling refuses still comes in.
TEST(OpenMetricsTest, FamiliesOutOfOrderAreTakenWhenScraping) {
  const std::string_view body = "# TYPE a histogram\na_count 1\nb 1\na_count{x=\"1\"} 1\n# EOF\n";
  EXPECT_EQ(ErrorOf(body), "accepted");
  EXPECT_FALSE(ParseExposition(body, kOpenMetrics, ParseMode::kStrict).ok());
}

TEST(OpenMetricsTest, NamesInQuotesMayHoldAnything) {
  const ParsedScrape scrape = Parse(
      "# TYPE \"http.server\" gauge\n{\"http.server\",\"a.b\"=\"x\"} 1\n{\"q\\\"q\"} 2\n# EOF\n");
  EXPECT_EQ(scrape.metadata[0].family, "http.server");
  EXPECT_EQ(SeriesLabels(scrape.samples[0]),
            model::Labels({{"__name__", "http.server"}, {"a.b", "x"}}));
  EXPECT_EQ(scrape.samples[0].family, 0);
  EXPECT_EQ(SeriesLabels(scrape.samples[1]).metric_name(), "q\"q");
}

TEST(PrometheusTextTest, BlanksCommentsAndTimestamps) {
  const ParsedScrape scrape =
      Parse("\n#a comment\n# HELP\n \t a { b = \"c\" , } \t 1.5 \t 1700000000123 \nlast 2", kText);
  ASSERT_THAT(scrape.samples, SizeIs(2));
  EXPECT_EQ(SeriesLabels(scrape.samples[0]), model::Labels({{"__name__", "a"}, {"b", "c"}}));
  EXPECT_EQ(scrape.samples[0].value, 1.5);
  EXPECT_TRUE(scrape.samples[0].has_time);
  EXPECT_EQ(scrape.samples[0].time, 1700000000123);
  EXPECT_FALSE(scrape.samples[1].has_time);
}

TEST(PrometheusTextTest, ValuesInAllTheirSpellings) {
  const ParsedScrape scrape =
      Parse("a +Inf\na -inf\na NaN\na nan\na 1e-400\na +3\na .5\na 5.\na Infinity\n", kText);
  ASSERT_THAT(scrape.samples, SizeIs(9));
  EXPECT_EQ(scrape.samples[0].value, INFINITY);
  EXPECT_EQ(scrape.samples[1].value, -INFINITY);
  EXPECT_TRUE(std::isnan(scrape.samples[2].value));
  EXPECT_TRUE(std::isnan(scrape.samples[3].value));
  EXPECT_EQ(scrape.samples[4].value, 0);
  EXPECT_EQ(scrape.samples[5].value, 3);
  EXPECT_EQ(scrape.samples[6].value, 0.5);
  for (const char* bad : {"1e400", "0x1p-3", "0x10", "1_000", "+NaN", "nan(1)", "--1", "1e", "-"}) {
    EXPECT_THAT(ErrorOf(std::string("a ") + bad + "\n", kText), HasSubstr("no number")) << bad;
  }
}

TEST(PrometheusTextTest, ErrorsThatVoidTheScrape) {
  for (const char* bad :
       {"a", "a{", "a{b", "a{b=", "a{b=\"c", "a{b=\"c\"", "a{,b=\"c\"} 1", "a{b=\"c\",,} 1", "{} 1",
        "{b=\"c\"} 1", "0a 1", "a-b 1", "a 1 2.5", "a 1 2 3", "a{__name__=\"b\"} 1",
        "a{b=\"c\"d=\"e\"} 1", "# TYPE a", "# TYPE a counters", "# TYPE a-b counter"}) {
    EXPECT_THAT(ErrorOf(std::string("ok 1\n") + bad + "\n", kText), HasSubstr("line 2: ")) << bad;
  }
}

// Exporters on Windows write paths without escaping them; Prometheus takes them as they are.
TEST(PrometheusTextTest, UnknownEscapesStayWhenScraping) {
  const ParsedScrape scrape = Parse("a{path=\"C:\\temp\\\\x\"} 1\n", kText);
  EXPECT_EQ(SeriesLabels(scrape.samples[0]).Get("path"), "C:\\temp\\x");
  EXPECT_FALSE(ParseExposition("a{path=\"C:\\temp\"} 1\n", kText, ParseMode::kStrict).ok());
}

// Else a target could turn 256 MB of text into some GB here.
TEST(PrometheusTextTest, MoreSamplesThanThereIsRoomForAreRefused) {
  const auto scrape = ParseExposition("a 1\n# x\nb 2\nc 3\n", ExpositionFormat::kPrometheusText,
                                      ParseMode::kScrape, 2);
  EXPECT_EQ(scrape.status().code(), StatusCode::kResourceExhausted);
  EXPECT_EQ(scrape.status().message(), "line 4: more than 2 samples in one exposition");
}

TEST(ContentTypeTest, ChoosesTheParser) {
  EXPECT_EQ(*ParserForContentType("text/plain"), ExpositionFormat::kPrometheusText);
  EXPECT_EQ(*ParserForContentType("Application/OpenMetrics-Text ;charset=utf-8"),
            ExpositionFormat::kOpenMetrics);
  EXPECT_FALSE(ParserForContentType("text/html").ok());
  EXPECT_FALSE(ParserForContentType("").ok());
  EXPECT_EQ(*ParserForContentType("", ExpositionFormat::kPrometheusText),
            ExpositionFormat::kPrometheusText);
}

}  // namespace
}  // namespace glint::wire
