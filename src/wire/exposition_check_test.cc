#include "wire/exposition_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace glint::wire {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

CheckReport CheckText(std::string_view body) {
  return CheckExposition(body, ExpositionFormat::kPrometheusText);
}

std::string Findings(const CheckReport& report) {
  std::string out;
  for (const CheckFinding& finding : report.findings) {
    out += fmt::format("{}{}: {}\n", finding.kind == FindingKind::kSyntax ? "syntax " : "",
                       finding.line, finding.message);
  }
  return out;
}

std::string OpenMetricsFindings(std::string_view body) {
  return Findings(CheckExposition(body, ExpositionFormat::kOpenMetrics));
}

// Whoever repairs an exporter wants the whole list at once, and what kind of fault each is.
TEST(CheckExpositionTest, AllFindingsAreListedWithTheirLines) {
  const CheckReport report =
      CheckExposition("# TYPE a counter\na_total -1\nb{ 1\n# TYPE i info\ni_info 2\n",
                      ExpositionFormat::kOpenMetrics);
  EXPECT_EQ(Findings(report),
            "2: what counts is not negative: `a_total` is -1\n"
            "syntax 3: expected a label name at byte 3, got ` 1`\n"
            "5: an info's value is 1: `i_info` is 2\n"
            "syntax 5: the exposition does not end with # EOF\n");
  EXPECT_EQ(report.samples, 2u);
  EXPECT_EQ(report.families, 2u);
}

TEST(CheckExpositionTest, FindingsAreBounded) {
  std::string body;
  for (size_t i = 0; i < kMaxFindings + 50; ++i) body += "?\n";
  const CheckReport report = CheckText(body);
  EXPECT_THAT(report.findings, SizeIs(kMaxFindings));
  EXPECT_TRUE(report.cut);
}

TEST(OpenMetricsCheckTest, HistogramRules) {
  const auto findings = [](std::string_view samples) {
    return OpenMetricsFindings("# TYPE h histogram\n" + std::string(samples) + "# EOF\n");
  };
  EXPECT_EQ(findings("h_bucket{le=\"1\"} 1\nh_bucket{le=\"+Inf\"} 2\nh_count 2\nh_sum 3\n"), "");
  EXPECT_THAT(findings("h_bucket{le=\"1\"} 1\n"), HasSubstr("no bucket with le=\"+Inf\""));
  EXPECT_THAT(findings("h_bucket{le=\"2\"} 1\nh_bucket{le=\"1\"} 1\nh_bucket{le=\"+Inf\"} 2\n"),
              HasSubstr("out of order: 1 after 2"));
  EXPECT_THAT(findings("h_bucket{le=\"1\"} 3\nh_bucket{le=\"+Inf\"} 2\n"),
              HasSubstr("not cumulative: 2 after 3"));
  EXPECT_THAT(findings("h_bucket{le=\"+Inf\"} 2\nh_count 3\nh_sum 1\n"),
              HasSubstr("count of h is 3, but its +Inf bucket is 2"));
  EXPECT_THAT(findings("h_bucket{le=\"+Inf\"} 2\nh_sum 3\n"), HasSubstr("a sum but no count"));
  EXPECT_THAT(findings("h_bucket{le=\"+Inf\"} 2\nh_count 2\n"), HasSubstr("a count but no sum"));
  EXPECT_THAT(findings("h_bucket{le=\"-1\"} 0\nh_bucket{le=\"+Inf\"} 2\nh_count 2\nh_sum 1\n"),
              HasSubstr("its sum may fall"));
  EXPECT_THAT(findings("h_bucket{le=\"1.5\"} 0.5\nh_bucket{le=\"+Inf\"} 2\n"),
              HasSubstr("a count is a whole number"));
  EXPECT_THAT(findings("h_bucket 2\n"), HasSubstr("label le of h is ``"));
}

TEST(OpenMetricsCheckTest, OrderAndNames) {
  EXPECT_THAT(
      OpenMetricsFindings("# TYPE a gauge\na{x=\"1\"} 1\na{x=\"2\"} 1\na{x=\"1\"} 1\n# EOF\n"),
      HasSubstr("are apart"));
  EXPECT_THAT(
      OpenMetricsFindings("# TYPE a counter\na_total 1\n# TYPE b gauge\nb 1\na_total 2\n# EOF\n"),
      HasSubstr("clashes"));
  EXPECT_THAT(OpenMetricsFindings("# TYPE a gauge\na 1 2\na 1 1\n# EOF\n"),
              HasSubstr("go back from 2 to 1"));
  EXPECT_THAT(OpenMetricsFindings("# TYPE a gauge\na 1\n# HELP a x\n# EOF\n"),
              HasSubstr("metadata of a after its samples"));
  EXPECT_THAT(OpenMetricsFindings("# UNIT a_s s\n# TYPE a_s info\n# EOF\n"),
              HasSubstr("has no unit"));
  EXPECT_THAT(OpenMetricsFindings("a{b=\"1\",} 1\n# EOF\n"), HasSubstr("a comma before"));
}

TEST(OpenMetricsCheckTest, ExemplarRules) {
  EXPECT_THAT(OpenMetricsFindings("# TYPE a gauge\na 1 # {b=\"c\"} 1\n# EOF\n"),
              HasSubstr("only buckets and counters"));
  const auto with = [](const std::string& value) {
    return OpenMetricsFindings("# TYPE a counter\na_total 1 # {b=\"" + value + "\"} 1\n# EOF\n");
  };
  EXPECT_EQ(with(std::string(127, 'x')), "");
  EXPECT_THAT(with(std::string(128, 'x')), HasSubstr("129 characters, more than 128"));
}

TEST(PrometheusTextCheckTest, RulesForTools) {
  EXPECT_EQ(Findings(CheckText("# HELP a x\n# TYPE a counter\na 1\n")), "");
  EXPECT_EQ(Findings(CheckText("a 1")), "syntax 1: no line end after the last line\n");
  EXPECT_EQ(Findings(CheckText("# HELP a x\n# HELP a x\n")), "2: second HELP of a\n");
  EXPECT_EQ(Findings(CheckText("# HELP a\n# HELP a \n# HELP a x\n")), "");
  EXPECT_EQ(Findings(CheckText("# TYPE a gauge\n# TYPE a gauge\n")), "2: second TYPE of a\n");
  EXPECT_EQ(Findings(CheckText("a 1\n# TYPE a gauge\n")), "2: TYPE of a after its samples\n");
  EXPECT_THAT(Findings(CheckText("# TYPE a histogram\na_bucket{le=\"x\"} 1\n")),
              HasSubstr("label le of a_bucket is no number: `x`"));
  EXPECT_THAT(Findings(CheckText("a{b=\"\\t\"} 1\n")), HasSubstr("a backslash before none of"));
}

}  // namespace
}  // namespace glint::wire
